"""The data dictionary: what each column of each table holds, and of which type.

For `tracker export` and the data files beside the pages. Types: text, integer,
number, date, instant (ISO 8601 in UTC; a day without a time is a date), yes/no, JSON.
"""

from __future__ import annotations

from tracker.model import METRICS

INTEGER, NUMBER, DATE, INSTANT, TEXT = "integer", "number", "date", "instant", "text"
TREE = "JSON"

#: Columns that mean the same in every table.
SHARED = {
    "campaign": (TEXT, "id of the campaign; empty: every post of the workspace"),
    "ambassador": (TEXT, "id of the ambassador; empty: nobody's"),
    "platform": (TEXT, "platform, by its short name"),
    "handle": (TEXT, "account on its platform, as it was read"),
    "post_id": (TEXT, "the post's id on its platform"),
    "url": (TEXT, "address of the post, as it was read"),
    "published_at": (INSTANT, "when the post was published"),
    "captured_at": (INSTANT, "when the counts were taken"),
    "recorded_at": (INSTANT, "when it was kept here"),
    "caption": (TEXT, "text of the post"),
    "kind": (TEXT, "kind of the post, as its platform calls it"),
    "paid_partnership": (TEXT, "is it marked as paid on its platform: yes, no"),
    "language": (TEXT, "language, ISO 639-1"),
    "day": (DATE, "day of the campaign's time zone"),
    "name": (TEXT, "name of the ambassador"),
    "country": (TEXT, "country of the ambassador, ISO 3166-1"),
    "group": (TEXT, "group of the enrolment"),
    "posts": (INTEGER, "posts seen until then"),
    "posts_gain": (INTEGER, "posts first seen on that day"),
    "first_at": (INSTANT, "first reading of the post"),
    "last_at": (INSTANT, "newest reading of the post"),
    "class": (TEXT, "measured, reported or estimated"),
    "source": (TEXT, "name of the source in tracker.toml, or who said it"),
    "file": (TEXT, "file, answer or delivery it came from"),
    "line": (INTEGER, "line in that file"),
    "mission": (TEXT, "id of the mission"),
    "currency": (TEXT, "currency, ISO 4217"),
    "note": (TEXT, "what a person added"),
    "reason": (TEXT, "why; of an unknown value: what is missing"),
    "rule": (TEXT, "rule that decided it"),
    "metric": (TEXT, "metric, by its column's name"),
    "unit": (TEXT, "%, days, a currency, ...; empty: a plain number"),
    "at": (INSTANT, "when it was"),
    "known": (INTEGER, "posts with a value"),
    "unknown": (INTEGER, "posts without a value"),
    "oldest": (INSTANT, "oldest reading in the sum"),
    "newest": (INSTANT, "newest reading in the sum"),
    "id": (TEXT, "id"),
}
OWN = {
    "readings": {"class": (TEXT, "measured or reported")},
    "posts": {
        "state": (TEXT, "is it still there: live, absent, gone, or empty: not told")
    },
    "totals": {
        "value": (INTEGER, "sum of last known values at the end of the day"),
        "gain": (
            INTEGER,
            "change within the day; a first value is a gain from nothing",
        ),
    },
    "audience": {
        "metric": (TEXT, "followers, or a metric of the account by day"),
        "value": (INTEGER, "value of that account and day; never added to posts"),
    },
    "clicks": {
        "clicked_at": (INSTANT, "when the link was followed"),
        "code": (TEXT, "code of the tracked link"),
        "class": (TEXT, "unique, duplicate, bot, or why it does not count"),
        "agent": (TEXT, "program that followed it, shortened"),
        "referrer": (TEXT, "page it came from, by its host"),
        "source": (TEXT, "redirect, or the source that told it"),
    },
    "rejects": {
        "column": (TEXT, "column that was refused"),
        "code": (TEXT, "code of the error"),
        "raw": (TEXT, "the row as it was read"),
        "state": (TEXT, "open, retried, dropped"),
    },
    "runs": {
        "slot": (INSTANT, "when the run was due"),
        "host": (TEXT, "host that ran it"),
        "term": (INTEGER, "how often the slot was claimed"),
        "started_at": (INSTANT, "when it began"),
        "ended_at": (INSTANT, "when it ended"),
        "outcome": (TEXT, "ok, partial, failed or lost"),
        "merged": (INTEGER, "earlier missed slots it stands for"),
        "rows": (INTEGER, "rows read"),
        "stored": (INTEGER, "readings stored"),
    },
    "disclosure-log": {
        "act": (TEXT, "notice, reminder, fixed, removed, or an override"),
        "actor": (TEXT, "who did it"),
    },
    "outcomes": {
        "kind": (TEXT, "lead, test_drive, sale, ... or a name of the plan's"),
        "quantity": (NUMBER, "how many"),
        "value": (TEXT, "amount of money, in units of the currency"),
        "status": (TEXT, "as its source says: claimed, verified, cancelled, ..."),
        "order": (TEXT, "number of the order or the case"),
        "new_customer": (TEXT, "is it a new customer's: yes, no"),
        "counted": ("yes/no", "does it count"),
        "shares": (TEXT, "whose it is, in percent: a1:50|a2:50"),
        "conflict": (TEXT, "what contradicts it"),
        "candidates": (TEXT, "whose it could be, and by what"),
    },
    "results": {
        "kind": (TEXT, "kind of outcome"),
        "quantity": (NUMBER, "how many count of that day"),
        "events": (INTEGER, "rows they came in"),
        "value": (TEXT, "what those in the campaign's currency are worth"),
    },
    "findings": {
        "rule": (TEXT, "rule that found it, dotted"),
        "severity": (TEXT, "info, warning or error"),
        "evidence": (TEXT, "one sentence with the values"),
        "state": (TEXT, "open, acknowledged or fixed"),
    },
    "ambassadors": {
        "id": (TEXT, "id of the ambassador"),
        "email": (TEXT, "address"),
        "followers": (INTEGER, "followers of the handle, as the file said"),
        "from": (DATE, "first day of the enrolment"),
        "to": (DATE, "last day of the enrolment"),
        "fee": (TEXT, "agreed fee, in units of the currency"),
        "since": (DATE, "first day of the handle"),
        "until": (DATE, "last day of the handle"),
    },
    "missions": {
        "mission_name": (TEXT, "name of the mission"),
        "opens": (DATE, "first day of the mission"),
        "due": (DATE, "last day on which it is on time"),
        "state": (TEXT, "on_time, late, missing, excused or pending"),
        "delivered_at": (INSTANT, "when it was delivered; empty: it was not"),
        "delivered_on": (DATE, "day on which it was delivered; empty: it was not"),
        "days_late": (INTEGER, "days after it was due; empty: not delivered"),
        "fitting": (INTEGER, "posts that fit the mission"),
        "rule": (TEXT, "what decided, as a sentence"),
        "reason": (TEXT, "what the person said who decided by hand"),
    },
    "kpis": {
        "name": (TEXT, "short name of the KPI: docs/kpis.md"),
        "value": (NUMBER, "its value; empty: unknown, never 0"),
        "formula": (TEXT, "how it is computed"),
        "inputs": (TREE, "the inputs, by name"),
        "class": (TEXT, "weakest class of the inputs"),
        "basis": (TEXT, "which of several inputs was taken"),
    },
    "indicators": {
        "id": (TEXT, "id of the indicator in the plan"),
        "value": (NUMBER, "where it stands"),
        "target": (NUMBER, "where it should come to"),
        "baseline": (NUMBER, "where it began"),
        "attained": (NUMBER, "percent of the way from baseline to target"),
        "pace": (NUMBER, "percent of what is due by now"),
        "projected": (NUMBER, "where it ends at the pace of the last weeks"),
        "projected_low": (NUMBER, "at the slowest of them"),
        "projected_high": (NUMBER, "at the fastest of them"),
    },
    "costs": {
        "id": (TEXT, "id of the cost"),
        "date": (DATE, "when it falls due"),
        "kind": (TEXT, "fee, tool, goods, hours, ..."),
        "amount": (TEXT, "amount, in units of the currency"),
        "state": (TEXT, "planned, committed or paid"),
    },
    "surveys": {
        "question": (TEXT, "short name of the question"),
        "wave": (TEXT, "name of the wave"),
        "asked_from": (DATE, "first day of asking"),
        "asked_to": (DATE, "last day of asking"),
        "n": (INTEGER, "people who answered"),
        "yes": (INTEGER, "of them, those who said yes"),
        "share": (NUMBER, "yes in percent of n"),
        "low": (NUMBER, "lower end of the 95 % interval, in percent"),
        "high": (NUMBER, "upper end of the 95 % interval, in percent"),
        "method": (TEXT, "how the interval is computed"),
    },
    "feedback": {
        "text": (TEXT, "what was said"),
        "answered_at": (INSTANT, "when it was answered"),
        "answer": (TEXT, "what was answered"),
    },
    "dictionary": {
        "table": (TEXT, "name of the table"),
        "file": (TEXT, "name of the data file"),
        "column": (TEXT, "name of its column"),
        "type": (TEXT, "text, integer, number, date, instant, yes/no or JSON"),
        "meaning": (TEXT, "what the column holds"),
    },
}
PARTS = {
    "": (INTEGER, "last known value, or the sum of them"),
    "_gain": (INTEGER, "change within the day; a first value is a gain from nothing"),
    "_known": (INTEGER, "posts with a value"),
    "_unknown": (INTEGER, "posts without a value"),
    "_oldest": (INSTANT, "oldest reading in the sum"),
    "_newest": (INSTANT, "newest reading in the sum"),
}


def meaning(table: str, column: str) -> tuple[str, str]:
    """Type and meaning of a column. Raises KeyError: every column has them."""
    for known in (OWN.get(table, {}), SHARED):
        if column in known:
            return known[column]
    for metric in METRICS:
        part = column.removeprefix(metric)
        if column.startswith(metric) and part in PARTS:
            kind, text = PARTS[part]
            return kind, f"{metric}: {text}"
    raise KeyError(column)
