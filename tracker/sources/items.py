"""What deliveries say, one item at a time, in canonical words.

Schemes translate the bodies of platforms into items; here an item becomes a row, an
event or a reject with its place. So a sale told by a shop and one told by the plain
webhook are judged by the same rules, and a rejected item can be read again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from tracker import agents
from tracker.cells import escape
from tracker.codes import currency_code
from tracker.errors import BodyError
from tracker.model import COLUMNS, METRICS, Reject, iso
from tracker.sources.base import Batch, Event
from tracker.sources.columns import Spec, make_plan
from tracker.sources.dates import read_iso
from tracker.sources.records import Record, raw_text
from tracker.sources.rows import Checker, Rules
from tracker.sources.strictjson import Written, parse
from tracker.sources.texts import read_id
from tracker.sources.values import Bad, shown

#: Types of items, as the plain webhook writes them; READING must name a metric.
READING, CLICK, OUTCOME = "post.metrics", "click", "outcome"
TYPES = (READING, CLICK, OUTCOME)
#: What platforms tell of a post, with figures or without: it is there.
POST = "post"

#: What is kept of an event, and nothing else: a shop sends more of its customers than
#: we may know. INTERFACE: Events.
_KEPT = {
    CLICK: (
        *("id", "code", "clicked_at", "user_agent", "referrer", "visitor"),
        *("agent", "rule"),  # what is kept of user_agent, when it is read again
    ),
    OUTCOME: (
        *("id", "kind", "at", "campaign", "ambassador", "code", "link", "quantity"),
        *("value", "currency", "status", "order", "new_customer"),
    ),
}
_WHEN = {CLICK: "clicked_at", OUTCOME: "at"}
_NEEDED = {CLICK: ("id", "code"), OUTCOME: ("id", "kind")}
STATUSES = ("claimed", "verified", "rejected", "reversed")

#: The longest text of an event that is kept.
LONGEST = 2000
_WHOLE = re.compile(r"(-?[0-9]+)\.0+", re.ASCII)
_HASHED = re.compile(r"v:[0-9a-f]{24}")
_COUNT = re.compile(r"[0-9]{1,15}", re.ASCII)
_AMOUNT = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", re.ASCII)


class Item(NamedTuple):
    """place: its path in the body; type: one of TYPES, or POST; data: what was said."""

    place: str
    type: str
    data: Any


@dataclass
class Items:
    """Reads items of one payload.

    constants: canonical columns that stand for those an item lacks.
    """

    label: str
    rules: Rules
    constants: Mapping[str, str]
    seen_at: int
    _records: list[Record] = field(default_factory=list)
    _places: dict[int, str] = field(default_factory=dict)
    _rejects: list[Reject] = field(default_factory=list)
    _events: list[Event] = field(default_factory=list)
    _checker: Checker = field(init=False)

    def __post_init__(self) -> None:
        specs = {name: Spec(name, value=v) for name, v in self.constants.items()}
        plan = make_plan(COLUMNS, specs)
        self._checker = Checker(plan, self.rules, self.label, self.seen_at)

    def __len__(self) -> int:
        return len(self._records) + len(self._rejects) + len(self._events)

    def take(self, line: int, item: Item, at: int) -> None:
        """Read one item; at: when it was told, for a reading that does not say."""
        if not isinstance(item.data, dict):
            self.refuse(line, item, Bad("ROW_TYPE", "is no object"))
        elif item.type in (READING, POST):
            self._take_row(line, item, at)
        elif item.type in _KEPT:
            self._take_event(line, item)
        else:
            self.refuse(line, item, Bad("ROW_TYPE", "is of no known type"))

    def refuse(self, line: int, item: Item, bad: Bad) -> None:
        """Keep an item as a reject; bad.column is the name inside of it."""
        where = f"{item.place}.{bad.column}" if bad.column else item.place
        self._rejects.append(Reject(line, where, bad.code, bad.reason, raw_of(item)))

    def batch(self, ignored: int = 0) -> Batch:
        """Everything that was taken since the last one."""
        checked = self._checker.check(self._records)
        rejects = [self._placed(reject) for reject in checked.rejects] + self._rejects
        made = Batch(
            checked.frame,
            tuple(sorted(rejects, key=lambda reject: reject.line)),
            ignored,
            events=tuple(self._events),
        )
        self._records, self._rejects, self._events = [], [], []
        self._places.clear()
        return made

    def _placed(self, reject: Reject) -> Reject:
        return replace(reject, column=f"{self._places[reject.line]}.{reject.column}")

    # -- readings -----------------------------------------------------------------

    def _take_row(self, line: int, item: Item, at: int) -> None:
        data = {"captured_at": iso(at), **_known(item.data)}
        whole = item._replace(data=data)
        cells = [_cell(name, data.get(name)) for name in COLUMNS]
        fields = [cell for cell in cells if isinstance(cell, str)]
        bad = next((cell for cell in cells if isinstance(cell, Bad)), None)
        silent = item.type == READING and not any(name in data for name in METRICS)
        if bad is None and silent:
            bad = Bad("ROW_METRICS", f"it names no metric ({', '.join(METRICS)})")
        if bad is not None:
            self.refuse(line, whole, bad)
            return
        self._places[line] = item.place
        self._records.append(Record(line, fields, raw_of(whole)))

    # -- events -------------------------------------------------------------------

    def _take_event(self, line: int, item: Item) -> None:
        kept = {name: item.data.get(name) for name in _KEPT[item.type]}
        said = {name: v for name, v in kept.items() if v is not None and v != ""}
        read = {name: _checked(name, value) for name, value in said.items()}
        bad = next((v for v in read.values() if isinstance(v, Bad)), None)
        checked = {name: v for name, v in read.items() if isinstance(v, str)}
        at = bad or _moment(item.type, checked, self.rules)
        if isinstance(at, Bad):
            self.refuse(line, item._replace(data=said), at)
            return
        if item.type == CLICK:
            checked = _reduced(checked)
        text = canonical(checked)
        self._events.append(Event(line, checked["id"], item.type, at, text))


def _reduced(said: Mapping[str, str]) -> dict[str, str]:
    """What may be kept of a click: who it was by family, where from by host, and a
    visitor by a hash. Read again, it stays the same."""
    found = {name: said[name] for name in ("id", "code", "clicked_at")}
    if "user_agent" in said:
        family, rule = agents.judge(said["user_agent"])
        found |= {"agent": family or "", "rule": rule or ""}
    elif said.get("rule", "") in ("", *agents.RULES):
        found |= {"agent": said.get("agent", "")[:40], "rule": said.get("rule", "")}
    if "referrer" in said:
        found["referrer"] = _host(said["referrer"])
    if "visitor" in said:
        found["visitor"] = _hashed(said["visitor"])
    return {name: text for name, text in found.items() if text}


def _host(referrer: str) -> str:
    """The host of an address; a host alone, as it was kept, is one too."""
    found = agents.host(referrer) or agents.host(f"//{referrer}")
    return found if found and "." in found else ""


def _hashed(visitor: str) -> str:
    if _HASHED.fullmatch(visitor):
        return visitor
    made = hashlib.blake2b(visitor.encode("utf-8", "replace"), digest_size=12)
    return f"v:{made.hexdigest()}"


def _moment(kind: str, said: Mapping[str, str], rules: Rules) -> int | Bad:
    """When an event was; Bad when it lacks that or anything else it needs."""
    when = _WHEN[kind]
    for name in (*_NEEDED[kind], when):
        if name not in said:
            return Bad("ROW_MISSING", f"{name} is needed", name)
    found = read_iso(said[when], rules.zone)
    if isinstance(found, Bad):
        return found._replace(column=when)
    return Bad("ROW_MISSING", f"{when} is needed", when) if found is None else found


def canonical(value: Any) -> str:
    """JSON text with sorted keys: the same things said are the same text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def raw_of(item: Item) -> str:
    """An item as a plain webhook would have told it; `item_of` reads it again."""
    return raw_text(canonical({"data": item.data, "type": item.type}))


def item_of(raw: str) -> Item:
    """A rejected item, as `raw_of` wrote it; one that was cut off is no item."""
    try:
        value = parse(raw.encode("utf-8", "replace"))
    except BodyError:
        return Item("$", "", None)
    if not isinstance(value, dict):
        return Item("$", "", None)
    return Item("$.data", str(value.get("type")), value.get("data"))


def _known(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in COLUMNS if name in data}


def _plain(value: Any) -> str | None:
    """A text or a number as text; None: it is neither. 12.0 is 12 in JSON."""
    if isinstance(value, Written):
        found = _WHOLE.fullmatch(value)
        return found[1] if found else str(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value)


def _cell(name: str, value: Any) -> str | Bad:
    """A value as a cell of a table has it; null is a blank one."""
    if value is None:
        return ""
    text = _plain(value)
    if text is None:
        return Bad("ROW_TYPE", "is neither a text nor a number", name)
    if name == "caption":  # databases keep no NUL in a text
        text = text.replace("\0", "\ufffd")
    # a cell is read as spreadsheets write it: a sign of a formula has a quote before
    return escape(text) if isinstance(value, str) else text


def _checked(name: str, value: Any) -> str | Bad:
    """The value of an event's field, as text."""
    if name == "new_customer":
        return _yes_or_no(value)
    if name == "link" and isinstance(value, list):  # several, in order of time
        value = "|".join(map(str, value))
    text = _plain(value)
    if text is None:
        return Bad("ROW_TYPE", "is neither a text nor a number", name)
    if len(text) > LONGEST:
        return Bad("ROW_TEXT", f"{shown(text)} is longer than {LONGEST}", name)
    return _RULES[name](text) if name in _RULES else text


def _yes_or_no(value: Any) -> str | Bad:
    said = {True: "yes", False: "no", "yes": "yes", "no": "no"}
    if isinstance(value, str | bool) and value in said:
        return said[value]
    return Bad("ROW_TYPE", "must be yes or no", "new_customer")


def _id(text: str) -> str | Bad:
    found = read_id(escape(text))
    if isinstance(found, Bad):
        return found._replace(column="id")
    return found or Bad("ROW_MISSING", "id is needed", "id")


def _quantity(text: str) -> str | Bad:
    if _COUNT.fullmatch(text):
        return text
    return Bad("ROW_NUMBER", f"{shown(text)} is not a whole number", "quantity")


def _value(text: str) -> str | Bad:
    if _AMOUNT.fullmatch(text):
        return text
    return Bad("ROW_NUMBER", f"{shown(text)} is not an amount such as 12.50", "value")


def _currency(text: str) -> str | Bad:
    why = f"{shown(text)} is no currency code such as EUR"
    return currency_code(text) or Bad("ROW_CURRENCY", why, "currency")


def _status(text: str) -> str | Bad:
    if text in STATUSES:
        return text
    why = f"{shown(text)} is none of {', '.join(STATUSES)}"
    return Bad("ROW_STATUS", why, "status")


_RULES = {
    "id": _id,
    "quantity": _quantity,
    "value": _value,
    "currency": _currency,
    "status": _status,
}


def items_of(place: str, kind: str, data: Any) -> Iterable[Item]:
    """`data` of the plain webhook: one item, or a list of them."""
    if isinstance(data, list):
        return (Item(f"{place}[{n}]", kind, each) for n, each in enumerate(data))
    return (Item(place, kind, data),)
