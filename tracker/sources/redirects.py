"""Where an answer sends its asker, and what may be carried along."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin

from tracker.sources.calls import Answer, Call
from tracker.sources.origins import origin
from tracker.sources.troubles import BlockedError

#: Redirects that are followed, each checked like the first address.
HOPS = 3
MOVED = frozenset({301, 302, 303, 307, 308})


def onward(call: Call, answer: Answer) -> Call | None:
    """The call that a redirect asks for; None: this is the answer.

    Only GET is sent on. A caller's headers may be keys, so another host, port or
    scheme gets none of them, and what was asked under TLS is not asked without.
    Raises BlockedError.
    """
    place = answer.headers.get("location", "")
    if answer.status not in MOVED or call.method != "GET" or not place:
        return None
    try:
        url = urljoin(call.url, place)
    except ValueError:
        raise BlockedError("redirects to no address of the web") from None
    before, after = origin(call.url), origin(url)
    if before[0] == "https" and after[0] != "https":
        raise BlockedError(f"redirects from https to {after[0] or 'nothing'}")
    headers = call.headers if before == after else {}
    return replace(call, url=url, headers=headers, params=())
