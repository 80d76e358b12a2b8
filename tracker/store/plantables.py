"""Tables of the programme: selection, missions, links, money, feedback, findings.

The rules of `tables` hold here too. Days are ISO text, money is minor units beside
its currency. `campaign_id`, `ambassador_id` and `post_id` are rows of those tables.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from tracker.store.kinds import TEXT, big, key, part, text

# -- people ------------------------------------------------------------------------


class ApplicationRow(SQLModel, table=True):
    """Who asked to take part, what they scored, and what was decided."""

    __tablename__ = "application"
    __table_args__ = (UniqueConstraint("campaign_id", "slug"),)
    id: int | None = key()
    campaign_id: int = big(nullable=False)
    slug: str = text(nullable=False)
    name: str = text(nullable=False)
    platform: str | None = text()
    handle: str | None = text()
    email: str | None = text()
    applied_at: int | None = big()
    score: str | None = text()  # a decimal number
    team: str | None = text()  # the file's `group`
    criteria: str = text(nullable=False)  # JSON object: criterion, its score or word
    state: str = text(nullable=False)  # new, accepted, declined
    reason: str | None = text()
    decided_at: int | None = big()
    actor: str | None = text()


class ConsentRow(SQLModel, table=True):
    """What somebody agreed to: which text, when, and when they took it back."""

    __tablename__ = "consent"
    __table_args__ = (UniqueConstraint("ambassador_id", "version", "given_on"),)
    id: int | None = key()
    ambassador_id: int = big(nullable=False)
    version: str = text(nullable=False)
    given_on: str = text(nullable=False)
    withdrawn_on: str | None = text()
    note: str | None = text()


class ContractRow(SQLModel, table=True):
    __tablename__ = "contract"
    __table_args__ = (UniqueConstraint("campaign_id", "ambassador_id", "ref"),)
    id: int | None = key()
    campaign_id: int = big(nullable=False)
    ambassador_id: int = big(nullable=False)
    ref: str = text(nullable=False)
    signed_on: str = text(nullable=False)
    starts: str | None = text()
    ends: str | None = text()
    note: str | None = text()
    objective: str | None = text()
    amount: int | None = big()  # minor units
    currency: str | None = text()


class GoodsRow(SQLModel, table=True):
    """Goods in kind: what was lent or given, what it is worth, and for how long."""

    __tablename__ = "goods"
    __table_args__ = (UniqueConstraint("campaign_id", "ref"),)
    id: int | None = key()
    campaign_id: int = big(nullable=False)
    ambassador_id: int = big(nullable=False)
    ref: str = text(nullable=False)
    what: str = text(nullable=False)
    amount: int = big(nullable=False)
    currency: str = text(nullable=False)
    starts: str = text(nullable=False)
    ends: str | None = text()  # NULL: given, not lent
    returned_on: str | None = text()


class TurnRow(SQLModel, table=True):
    """Why a campaign was opened or closed, or somebody is in another group now."""

    __tablename__ = "turn"
    id: int | None = key()
    campaign_id: int = big(nullable=False)
    ambassador_id: int | None = big()  # NULL: of the campaign itself
    kind: str = text(nullable=False)  # state, group
    before: str | None = text()
    after: str | None = text()
    reason: str | None = text()
    actor: str = text(nullable=False)
    at: int = big(nullable=False)


# -- missions ------------------------------------------------------------------------


class MissionMarkRow(SQLModel, table=True):
    """A person's word on one cell of the mission grid; the last one stands."""

    __tablename__ = "mission_mark"
    __table_args__ = {"sqlite_with_rowid": False}
    campaign_id: int = part()
    mission: str = part(TEXT)
    ambassador_id: int = part()
    state: str = text(nullable=False)  # excused, delivered
    day: str | None = text()  # delivered on
    reason: str = text(nullable=False)
    actor: str = text(nullable=False)
    at: int = big(nullable=False)


# -- links ---------------------------------------------------------------------------


class LinkRow(SQLModel, table=True):
    """A tracked link, or a promo code alone (then without destination)."""

    __tablename__ = "link"
    id: int | None = key()
    code: str = text(nullable=False, unique=True)
    destination: str | None = text()  # with its UTM parameters
    campaign_id: int | None = big(index=True)
    ambassador_id: int | None = big(index=True)
    mission: str | None = text()
    promo: str | None = text(index=True)
    utm: str = text(nullable=False)  # JSON object
    created_at: int = big(nullable=False)


class ClickRow(SQLModel, table=True):
    """A request for a link; no address, no full User-Agent."""

    __tablename__ = "click"
    __table_args__ = (Index("click_by_link", "link_id", "at"),)
    id: int | None = key()
    link_id: int = big(nullable=False)
    at: int = big(nullable=False)
    sort: str = text(nullable=False)  # the class: bot, duplicate, unique
    rule: str | None = text()  # head, no-agent, prefetch, preview, agent, repeat
    agent: str | None = text()  # a family
    referrer: str | None = text()  # a host
    source_id: int | None = big()  # NULL: our own redirects
    external_id: str | None = text()  # the event's id, where it was told
    visitor: str | None = text()  # a hash, where it was told


class UncountedRow(SQLModel, table=True):
    """Redirects whose click could not be kept; `at`: when the first of them was."""

    __tablename__ = "uncounted"
    __table_args__ = {"sqlite_with_rowid": False}
    link_id: int = part()
    at: int = part()
    many: int = big(nullable=False)


# -- results and money ---------------------------------------------------------------


class OutcomeWordRow(SQLModel, table=True):
    """A person's word on an outcome's status; the last one stands."""

    __tablename__ = "outcome_word"
    __table_args__ = {"sqlite_with_rowid": False}
    event_id: int = part()
    status: str = text(nullable=False)  # claimed, verified, rejected, reversed
    reason: str = text(nullable=False)
    actor: str = text(nullable=False)
    at: int = big(nullable=False)


class SurveyRow(SQLModel, table=True):
    """One wave of one question; n NULL: how many were asked is not known."""

    __tablename__ = "survey"
    __table_args__ = (UniqueConstraint("campaign_id", "question", "wave"),)
    id: int | None = key()
    campaign_id: int = big(nullable=False)
    question: str = text(nullable=False)
    wave: str = text(nullable=False)
    asked_from: str | None = text()
    asked_to: str | None = text()
    n: int | None = big()
    yes: int | None = big()
    share: str | None = text()  # percent, a decimal number as written
    source: str | None = text()


class FeedbackRow(SQLModel, table=True):
    __tablename__ = "feedback"
    id: int | None = key()
    campaign_id: int = big(nullable=False, index=True)
    ambassador_id: int | None = big()
    at: int = big(nullable=False)
    said: str = text(nullable=False)
    answered_at: int | None = big()
    answer: str | None = text()


class CostRow(SQLModel, table=True):
    """A cost that is not in the campaign file."""

    __tablename__ = "cost"
    __table_args__ = (UniqueConstraint("campaign_id", "ref"),)
    id: int | None = key()
    campaign_id: int = big(nullable=False)
    ref: str = text(nullable=False)  # the file's `id`
    day: str = text(nullable=False)
    kind: str = text(nullable=False)
    amount: int = big(nullable=False)
    currency: str = text(nullable=False)
    state: str = text(nullable=False)  # planned, committed, paid
    ambassador_id: int | None = big()
    mission: str | None = text()
    note: str | None = text()


# -- checks --------------------------------------------------------------------------


class DisclosureOverrideRow(SQLModel, table=True):
    __tablename__ = "disclosure_override"
    post_id: int = part()
    verdict: str = text(nullable=False)  # pass, weak, fail
    reason: str = text(nullable=False)
    actor: str = text(nullable=False)
    at: int = big(nullable=False)


class DisclosureActRow(SQLModel, table=True):
    """The log of corrective actions: notice, reminder, fixed, removed."""

    __tablename__ = "disclosure_act"
    id: int | None = key()
    post_id: int = big(nullable=False, index=True)
    act: str = text(nullable=False)
    note: str | None = text()
    actor: str = text(nullable=False)
    at: int = big(nullable=False)


class FindingStateRow(SQLModel, table=True):
    """What a person said of a finding; findings themselves are worked out."""

    __tablename__ = "finding_state"
    id: str = Field(sa_column=Column(TEXT, primary_key=True))
    state: str = text(nullable=False)  # acknowledged, fixed
    reason: str | None = text()
    actor: str = text(nullable=False)
    at: int = big(nullable=False)


class AlertRow(SQLModel, table=True):
    """The outbox: a finding once per alert and address, so nothing is sent twice.

    No text is kept: it is written when it is sent. target: where the settings have
    the address, as in `env ALERT_URL`; shown: the address without its secret.
    """

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("name", "finding", "target"),)
    id: int | None = key()
    name: str = text(nullable=False)
    finding: str = text(nullable=False)
    target: str = text(nullable=False)
    shown: str = text(nullable=False)
    campaign: str | None = text()
    at: int = big(nullable=False)  # of the finding
    seen_at: int = big(nullable=False)
    not_before: int = big(nullable=False)  # next try; while sending: its end at latest
    state: str = text(nullable=False)  # held, sending, sent, failed
    tries: int = big(nullable=False, server_default="0")
    sent_at: int | None = big()
    error: str | None = text()


# -- audit and rights ----------------------------------------------------------------


class AuditRow(SQLModel, table=True):
    """Every change, chained by hashes; a person stands in it by number only."""

    __tablename__ = "audit"
    n: int | None = key()
    at: str = text(nullable=False)  # ISO 8601, as it is hashed
    actor: str = text(nullable=False)
    action: str = text(nullable=False)
    subject: str = text(nullable=False)
    origin: str = text(nullable=False)  # `from`
    prev: str = text(nullable=False)
    hash: str = text(nullable=False)


class SuppressedRow(SQLModel, table=True):
    """Keyed hashes of what an erased person was known by: not taken in again."""

    __tablename__ = "suppressed"
    __table_args__ = {"sqlite_with_rowid": False}
    kind: str = part(TEXT)  # ambassador, handle, email, post, name
    mark: str = part(TEXT)
    ambassador_id: int = big(nullable=False)


class ErasureRow(SQLModel, table=True):
    """An erase that was begun; done_at NULL: the next writing command goes on."""

    __tablename__ = "erasure"
    ambassador_id: int = part()
    begun_at: int = big(nullable=False)
    step: str = text(nullable=False)
    done_at: int | None = big()


# -- reports -------------------------------------------------------------------------


class PastRow(SQLModel, table=True):
    """What a row was before it was changed, for reports of the past; written by
    triggers (see `history`). before NULL: it was not there."""

    __tablename__ = "past"
    __table_args__ = (Index("past_by_instant", "at"),)
    n: int | None = key()
    at: int = big(nullable=False)  # when it was changed
    of: str = text(nullable=False)  # the table
    key: str = text(nullable=False)  # JSON object: the primary key
    before: str | None = text()  # JSON object: the columns that are followed


class ReportMarkRow(SQLModel, table=True):
    """A report that somebody marked, with what later ones are compared with."""

    __tablename__ = "report_mark"
    __table_args__ = (UniqueConstraint("campaign_id", "name"),)
    id: int | None = key()
    campaign_id: int = big(nullable=False)
    name: str = text(nullable=False)
    at: int = big(nullable=False)
    figures: str = text(nullable=False)  # JSON; people stand in it by number only


class EditionRow(SQLModel, table=True):
    """The name, made at random, of the page that an ambassador is sent."""

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("token"),)
    ambassador_id: int = part()
    token: str = text(nullable=False)
    made_at: int = big(nullable=False)
