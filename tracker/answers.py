"""A programme's page of answers: what this kind of programme must be able to see.

Each strategy asks other questions (docs/programmes.md). An answer has its formula,
what went into it, how much of that is known, and the command that shows the rest.
Nothing is computed here that another module computes: answers are put together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.app import Tracker


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its answer, in the campaign's language.

    id: stable. value: as text, None when it is unknown. unit: "", "%", "USD", "h",
    ... formula: in the names of inputs. inputs: (name, text) in order. coverage: a
    sentence on what is missing, "" when nothing is. source: the command that shows
    where it comes from.
    """

    id: str
    title: str
    value: str | None
    unit: str = ""
    formula: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    coverage: str = ""
    source: str = ""


def answers(tracker: Tracker, campaign: str, *, now: int) -> list[Question]:
    """The questions of the campaign's strategy, in the order of the page.

    A campaign without a strategy has those that every programme has. NotFoundError
    when there is no such campaign.
    """
    from tracker.store.roster import Roster

    Roster(tracker.database).campaign(campaign)
    return []


def as_json(one: Question) -> dict[str, Any]:
    """An entry of `tracker answers --json`."""
    return {
        "id": one.id,
        "title": one.title,
        "value": one.value,
        "unit": one.unit,
        "formula": one.formula,
        "inputs": dict(one.inputs),
        "coverage": one.coverage or None,
        "source": one.source,
    }
