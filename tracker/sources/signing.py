"""Who sent this? Signatures over raw bytes, before anything is parsed.

Whatever a sender writes ends as an id or as a DeliveryError with status 401: a header
may be missing, doubled, empty, too long or not ASCII. Signatures are compared as they
are written, in constant time; so none has a second spelling.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tracker.errors import DeliveryError

#: Seconds that a signed time may be away from ours, either way. Standard Webhooks
#: and Stripe say five minutes; the others that sign a time say none.
WINDOW = 300
#: The longest header and the longest id of a delivery that are looked at.
LONGEST = 4096
LONGEST_ID = 255

_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
_VISIBLE = re.compile(r"[!-~]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A delivery as it came, and the keys that may have signed it.

    headers: names in lower case; one that came twice holds a line break. now: ms UTC.
    """

    subject: str
    body: bytes
    headers: Mapping[str, str]
    keys: tuple[bytes, ...]
    now: int

    def header(self, name: str) -> str:
        """The header's one value; DeliveryError SIG_BAD without a sound one."""
        value = self.headers.get(name)
        if value is None:
            raise self.bad(f"there is no {name} header")
        sound = value.isascii() and value.isprintable() and value.strip()
        if not sound or len(value) > LONGEST:
            raise self.bad(f"the {name} header is doubled, empty, too long or no text")
        return value

    def own_id(self, *names: str) -> str:
        """The id that the sender gave the delivery, or a hash of the body."""
        for name in names:
            if name in self.headers:
                return self.id_in(name)
        return "sha256:" + hashlib.sha256(self.body).hexdigest()

    def id_in(self, name: str) -> str:
        value = self.header(name)
        if len(value) > LONGEST_ID or not _VISIBLE.fullmatch(value):
            raise self.bad(f"the {name} header is no id")
        return value

    def check(
        self, said: Iterable[str], message: bytes, write: Callable[[bytes], str]
    ) -> None:
        """One of the keys made one of these signatures of the message, or SIG_BAD."""
        made = [write(hmac.digest(key, message, "sha256")) for key in self.keys]
        same = [
            hmac.compare_digest(one.encode(), other.encode())
            for one in said
            for other in made
        ]
        if not any(same):
            raise self.bad("the signature matches no active secret")

    def in_time(self, written: str) -> None:
        """Seconds since 1970 that are near enough to now, or SIG_STALE.

        To be asked after the signature, which the time is a part of.
        """
        if not _SECONDS.fullmatch(written):
            raise self.bad("its time is no count of seconds")
        age = self.now // 1000 - int(written)
        if abs(age) > WINDOW:
            raise DeliveryError(
                "SIG_STALE",
                self.subject,
                f"its time is {abs(age)} s {'old' if age > 0 else 'ahead'}"
                f" (limit {WINDOW})",
                status=401,
            )

    def bad(self, why: str) -> DeliveryError:
        return DeliveryError("SIG_BAD", self.subject, why, status=401)


def hexed(digest: bytes) -> str:
    return digest.hex()


def based(digest: bytes) -> str:
    return base64.b64encode(digest).decode("ascii")


def parts(header: str) -> dict[str, list[str]]:
    """`t=1,v1=ab,v1=cd` by name; what has no name is left out."""
    found: dict[str, list[str]] = {}
    for part in header.split(","):
        name, sign, value = part.partition("=")
        if sign:
            found.setdefault(name.strip(), []).append(value)
    return found
