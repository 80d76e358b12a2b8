"""What Google's APIs have in common: parameters of all methods, and their errors.

The parameters are those of every discovery document. Errors stand in one envelope,
the older APIs with a list of reasons in it.
"""

from __future__ import annotations

from typing import Any

from tracker.stub.talk import Ask, Reply, Trouble

#: Known to each method of each API (the discovery documents' `parameters`).
COMMON = frozenset(
    "$.xgafv access_token alt callback fields key oauth_token prettyPrint quotaUser "
    "uploadType upload_protocol".split()
)
UNREGISTERED = (
    "Method doesn't allow unregistered callers (callers without established "
    "identity). Please use API Key or other form of API consumer identity to call "
    "this API."
)
_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


def credential(ask: Ask) -> str:
    """A key or a token, wherever it may stand."""
    places = [ask.one("key"), ask.one("access_token"), ask.one("oauth_token")]
    return next(
        filter(None, [*places, ask.headers.get("x-goog-api-key"), ask.bearer]), ""
    )


def error(code: int, message: str, reason: str, domain: str, **more: Any) -> Reply:
    """The envelope of the older APIs."""
    said = {"message": message, "domain": domain, "reason": reason, **more}
    body = {"code": code, "message": message, "errors": [said]}
    # Refusals of Google's front carry a status, those of YouTube itself do not.
    if domain == "global":
        body["status"] = _STATUS[code]
    return Reply({"error": body}, code)


def status_error(code: int, message: str, details: list[Any] | None = None) -> Reply:
    """The envelope of the newer APIs."""
    body: dict[str, Any] = {
        "code": code,
        "message": message,
        "status": _STATUS[code],
    }
    if details:
        body["details"] = details
    return Reply({"error": body}, code)


def unknown_parameter(name: str) -> tuple[str, list[Any]]:
    """What Google's front says of a parameter that no method has."""
    said = (
        f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query '
        f"parameter. Field '{name}' could not be found in request message."
    )
    violation = {"description": said}
    kind = "type.googleapis.com/google.rpc.BadRequest"
    return said, [{"@type": kind, "fieldViolations": [violation]}]


def busy(trouble: Trouble) -> bool:
    return trouble.what in ("quota", "busy")
