"""Google Analytics 4, Data API v1beta: `properties/{id}:runReport` and its metadata.

Request, response and names: the discovery document analyticsdata.v1beta and the
schema page of dimensions and metrics; quotas: the page on quotas. The rows stand in
`ga4.csv`, one column a dimension or metric, in the API's own names; `date` is written
as YYYY-MM-DD.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from tracker.stub import google
from tracker.stub.data import World, moment
from tracker.stub.talk import Ask, Platform, Reply, Route, Trouble

NAME = "ga4"
DIMENSIONS = frozenset(
    "date dateHour hour day month week year yearMonth nthDay dayOfWeek sessionSource "
    "sessionMedium sessionSourceMedium sessionCampaignName sessionCampaignId "
    "sessionManualAdContent sessionManualTerm sessionManualSource sessionManualMedium "
    "sessionManualCampaignName sessionManualCampaignId "
    "sessionDefaultChannelGroup firstUserSource firstUserMedium "
    "firstUserCampaignName source medium sourceMedium campaignName campaignId "
    "manualAdContent manualTerm manualSource manualMedium manualCampaignName "
    "manualCampaignId defaultChannelGroup pagePath pagePathPlusQueryString pageTitle "
    "pageLocation fullPageUrl landingPage landingPagePlusQueryString hostName "
    "pageReferrer eventName linkUrl linkDomain country countryId city region "
    "language deviceCategory browser operatingSystem platform "
    "newVsReturning streamId streamName isKeyEvent".split()
)
METRICS = frozenset(
    "sessions totalUsers activeUsers newUsers screenPageViews eventCount keyEvents "
    "engagedSessions engagementRate bounceRate userEngagementDuration "
    "averageSessionDuration totalRevenue purchaseRevenue transactions "
    "ecommercePurchases screenPageViewsPerSession sessionsPerUser eventValue "
    "eventCountPerUser scrolledUsers".split()
)
_KNOWN = frozenset(
    "property dimensions metrics dateRanges dimensionFilter metricFilter offset limit "
    "metricAggregations orderBys currencyCode cohortSpec keepEmptyRows "
    "returnPropertyQuota comparisons".split()
)
#: Rows of one answer when none are asked for, and at most.
ROWS, MOST = 10_000, 250_000
#: Dimensions, metrics and date ranges of one report.
DIMS, METS, RANGES = 9, 10, 4
SCHEMA = (
    "For a list of valid dimensions and metrics, see https://developers.google.com/"
    "analytics/devguides/reporting/data/v1/api-schema"
)


def report(ask: Ask, world: World) -> dict[str, Any]:
    """POST /v1beta/properties/{property}:runReport."""
    return _report(ask.sent(), world)


def reports(ask: Ask, world: World) -> dict[str, Any]:
    """POST /v1beta/properties/{property}:batchRunReports, at most five."""
    sent = ask.sent()
    _known(sent, frozenset({"requests"}))
    wanted = sent.get("requests", [])
    if len(wanted) > 5:
        raise Trouble("value", "requests", "At most 5 requests are allowed.")
    made = [_report(each, world) for each in wanted]
    return {"reports": made, "kind": "analyticsData#batchRunReports"}


def metadata(ask: Ask, world: World) -> dict[str, Any]:
    """GET /v1beta/properties/{property}/metadata."""
    return {
        "name": f"properties/{ask.places['property']}/metadata",
        "dimensions": [{"apiName": n, "uiName": n} for n in sorted(DIMENSIONS)],
        "metrics": [
            {"apiName": n, "uiName": n, "type": _type(n)} for n in sorted(METRICS)
        ],
    }


# -- a report --------------------------------------------------------------------


def _report(sent: Mapping[str, Any], world: World) -> dict[str, Any]:
    _known(sent, _KNOWN)
    dimensions = _names(sent, "dimensions", DIMENSIONS, DIMS)
    metrics = _names(sent, "metrics", METRICS, METS)
    if not dimensions and not metrics:
        raise Trouble("value", "", "A report needs a dimension or a metric.")
    rows = _summed(_dated(sent, world), dimensions, metrics, sent)
    offset, limit = _whole(sent, "offset", 0), _whole(sent, "limit", ROWS)
    if not 0 < limit <= MOST:
        raise Trouble("value", "limit", f"must be between 1 and {MOST}")
    some = _ordered(rows, dimensions, metrics, sent)[offset : offset + limit]
    body: dict[str, Any] = {
        "dimensionHeaders": [{"name": name} for name in dimensions],
        "metricHeaders": [{"name": n, "type": _type(n)} for n in metrics],
    }
    if some:
        body["rows"] = [_row(keys, values) for keys, values in some]
    if rows:
        body["rowCount"] = len(rows)
    body["metadata"] = {"currencyCode": "USD", "timeZone": "Etc/UTC"}
    if sent.get("returnPropertyQuota"):
        body["propertyQuota"] = _quota()
    return {**body, "kind": "analyticsData#runReport"}


Rows = dict[tuple[str, ...], list[int]]


def _summed(
    rows: Iterable[Mapping[str, str]],
    dimensions: list[str],
    metrics: list[str],
    sent: Mapping[str, Any],
) -> Rows:
    """Rows added up by what was asked for; zero in all metrics is left out."""
    fits = _filter(sent.get("dimensionFilter"))
    found: Rows = {}
    for row in rows:
        if not fits(row):
            continue
        key = tuple(_value(row, name) for name in dimensions)
        there = found.setdefault(key, [0] * len(metrics))
        for at, name in enumerate(metrics):
            there[at] += int(row.get(name) or 0)
    if sent.get("keepEmptyRows") or not metrics:
        return found
    return {key: values for key, values in found.items() if any(values)}


def _dated(sent: Mapping[str, Any], world: World) -> list[dict[str, str]]:
    ranges = sent.get("dateRanges", [])
    if not 0 < len(ranges) <= RANGES:
        raise Trouble("value", "dateRanges", "A report needs 1 to 4 date ranges.")
    today = moment(world.now).date()
    spans = []
    for each in ranges:
        _known(each, frozenset({"startDate", "endDate", "name"}))
        spans.append((_day(each, "startDate", today), _day(each, "endDate", today)))
    rows = world.programme.rows("ga4.csv")
    within = [min(today.isoformat(), end.isoformat()) for _, end in spans]
    return [
        row
        for row in rows
        if any(
            start.isoformat() <= row["date"] <= end
            for (start, _), end in zip(spans, within, strict=True)
        )
    ]


def _day(given: Mapping[str, str], name: str, today: date) -> date:
    text = given.get(name, "")
    if text in ("today", "yesterday"):
        return today - timedelta(days=text == "yesterday")
    if text.endswith("daysAgo") and text.removesuffix("daysAgo").isdecimal():
        return today - timedelta(days=int(text.removesuffix("daysAgo")))
    try:
        return date.fromisoformat(text)
    except ValueError:
        said = f"Invalid {name}: {text}. {name} must be in the format YYYY-MM-DD, "
        raise Trouble("value", "", said + "NdaysAgo, yesterday or today.") from None


def _value(row: Mapping[str, str], name: str) -> str:
    if name == "date":
        return row["date"].replace("-", "")
    return row.get(name) or "(not set)"


Fits = Callable[[Mapping[str, str]], bool]


def _any(row: Mapping[str, str]) -> bool:
    return True


def _filter(given: Any) -> Fits:
    """A filter expression of dimensions."""
    if not given:
        return _any
    _known(given, frozenset({"andGroup", "orGroup", "notExpression", "filter"}))
    if "notExpression" in given:
        inner = _filter(given["notExpression"])
        return lambda row: not inner(row)
    for name, join in (("andGroup", all), ("orGroup", any)):
        if name in given:
            _known(given[name], frozenset({"expressions"}))
            parts = [_filter(each) for each in given[name].get("expressions", [])]
            return lambda row, join=join: join(part(row) for part in parts)  # type: ignore[misc]
    return _single(given["filter"])


def _single(given: Mapping[str, Any]) -> Fits:
    kinds = {"stringFilter", "inListFilter", "emptyFilter"}
    _known(given, frozenset(kinds | {"fieldName"}))
    name = given.get("fieldName", "")
    if name not in DIMENSIONS:
        raise Trouble("value", "", f"Field {name} is not a valid dimension. {SCHEMA}")
    if "inListFilter" in given:
        wanted = set(given["inListFilter"].get("values", []))
        return lambda row: _value(row, name) in wanted
    if "emptyFilter" in given:
        return lambda row: not row.get(name)
    return _texts(name, given.get("stringFilter", {}))


def _texts(name: str, given: Mapping[str, Any]) -> Fits:
    _known(given, frozenset({"matchType", "value", "caseSensitive"}))
    wanted = str(given.get("value", ""))
    if not given.get("caseSensitive"):
        wanted = wanted.lower()
    tests: dict[str, Callable[[str], bool]] = {
        "EXACT": lambda text: text == wanted,
        "BEGINS_WITH": lambda text: text.startswith(wanted),
        "ENDS_WITH": lambda text: text.endswith(wanted),
        "CONTAINS": lambda text: wanted in text,
    }
    test = tests.get(given.get("matchType", "EXACT"))
    if test is None:
        raise Trouble("value", "matchType", "is not one that the stub knows")
    plain = bool(given.get("caseSensitive"))
    return lambda row: test(_value(row, name) if plain else _value(row, name).lower())


def _ordered(
    rows: Rows, dimensions: list[str], metrics: list[str], sent: Mapping[str, Any]
) -> list[tuple[tuple[str, ...], list[int]]]:
    """By `orderBys`; without, by the first metric, the largest first, as GA does."""
    found = sorted(rows.items(), key=lambda item: (-(item[1] or [0])[0], item[0]))
    for order in reversed(sent.get("orderBys", [])):
        _known(order, frozenset({"metric", "dimension", "pivot", "desc"}))
        back = bool(order.get("desc"))
        if "metric" in order:
            at = _place(metrics, order["metric"].get("metricName", ""))
            found.sort(key=lambda item, at=at: item[1][at], reverse=back)  # type: ignore[misc]
        elif "dimension" in order:
            at = _place(dimensions, order["dimension"].get("dimensionName", ""))
            found.sort(key=lambda item, at=at: item[0][at], reverse=back)  # type: ignore[misc]
    return found


def _place(names: list[str], name: str) -> int:
    if name not in names:
        raise Trouble("value", "", f"OrderBy field {name} is not in the request.")
    return names.index(name)


# -- parts -----------------------------------------------------------------------


def _known(given: Any, names: frozenset[str]) -> None:
    if not isinstance(given, Mapping):
        raise Trouble("body", "", "a part of the body is no object")
    for name in given:
        if name not in names:
            raise Trouble("parameter", name, "body")


def _names(
    sent: Mapping[str, Any], part: str, known: frozenset[str], most: int
) -> list[str]:
    found = [str(each.get("name", "")) for each in sent.get(part, [])]
    if len(found) > most:
        raise Trouble("value", "", f"Requests are limited to {most} {part}.")
    for name in found:
        custom = name.startswith(("customEvent:", "customUser:", "keyEvents:"))
        if name not in known and not custom:
            said = f"Field {name} is not a valid {part.removesuffix('s')}. {SCHEMA}"
            raise Trouble("value", "", said)
    return found


def _whole(sent: Mapping[str, Any], name: str, default: int) -> int:
    """int64 fields may come as numbers or as texts."""
    text = str(sent.get(name, default))
    if not text.isdecimal():
        raise Trouble("value", name, "is no whole number")
    return int(text)


def _row(keys: tuple[str, ...], values: list[int]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if keys:
        body["dimensionValues"] = [{"value": key} for key in keys]
    if values:
        body["metricValues"] = [{"value": str(value)} for value in values]
    return body


def _type(name: str) -> str:
    if name in ("totalRevenue", "purchaseRevenue"):
        return "TYPE_CURRENCY"
    if name.endswith(("Rate", "PerUser", "PerSession")):
        return "TYPE_FLOAT"
    return "TYPE_SECONDS" if name.endswith("Duration") else "TYPE_INTEGER"


def _quota() -> dict[str, Any]:
    left = {
        "tokensPerDay": (10, 199_990),
        "tokensPerHour": (10, 39_990),
        "concurrentRequests": (0, 10),
        "serverErrorsPerProjectPerHour": (0, 10),
        "potentiallyThresholdedRequestsPerHour": (0, 120),
        "tokensPerProjectPerHour": (10, 13_990),
    }
    # A number that is zero is not written.
    return {
        name: {**({"consumed": used} if used else {}), "remaining": rest}
        for name, (used, rest) in left.items()
    }


# -- errors ----------------------------------------------------------------------


def refuse(trouble: Trouble, ask: Ask) -> Reply:
    match trouble.what:
        case "key":
            said = "Request is missing required authentication credential. Expected "
            said += "OAuth 2 access token, login cookie or other valid "
            return google.status_error(401, said + "authentication credential.")
        case "parameter" if trouble.text == "body":
            said = "Invalid JSON payload received. Unknown name "
            said += f'"{trouble.name}": Cannot find field.'
            kind = "type.googleapis.com/google.rpc.BadRequest"
            details = {"@type": kind, "fieldViolations": [{"description": said}]}
            return google.status_error(400, said, [details])
        case "parameter":
            return google.status_error(400, *google.unknown_parameter(trouble.name))
        case "quota":
            said = "Exhausted property tokens per day. These quota tokens will return "
            return google.status_error(429, said + "in under 24 hours.")
        case "busy":
            said = "Exhausted concurrent requests quota. Please send fewer requests "
            return google.status_error(429, said + "concurrently.")
        case "broken":
            return google.status_error(500, "Internal error encountered.")
        case "inside":
            said = "The service is currently unavailable."
            return google.status_error(503, said)
        case "lost":
            return google.status_error(404, "Requested entity was not found.")
    said = f"{trouble.name} {trouble.text}".strip()
    return google.status_error(400, said)


_AT = "/v1beta/properties/{property:int}"
PLATFORM = Platform(
    NAME,
    (
        Route("POST", _AT + ":runReport", report, google.COMMON, cost=10),
        Route("POST", _AT + ":batchRunReports", reports, google.COMMON, cost=10),
        Route("GET", _AT + "/metadata", metadata, google.COMMON, cost=10),
    ),
    refuse,
    lambda ask: ask.bearer or ask.one("access_token"),
    limit=200_000,
    zone="America/Los_Angeles",
)
