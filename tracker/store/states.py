"""Sources between runs: ready or not, and what is remembered of them."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.store import audit, breakers
from tracker.store.again import whole
from tracker.store.database import Database, Link

STATE = (
    "SELECT name, kind, state, retry_at, reason, last_run, last_data, bookmark"
    " FROM source"
)


@dataclass(frozen=True, slots=True)
class SourceState:
    """state: ready, waiting (until retry_at), paused or failed; instants in ms.

    last_run: when a run last ended that did not fail. last_data: when a run last
    changed something.
    """

    name: str
    kind: str
    state: str = "ready"
    retry_at: int | None = None
    reason: str | None = None
    last_run: int | None = None
    last_data: int | None = None
    bookmark: str | None = None


class States:
    """The sources of one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def source_id(self, name: str, kind: str) -> int:
        """The row of a source, made when it is new, with this kind from now on."""
        with self.database.reading() as link:  # almost always: needs no turn
            found = link.value(
                "SELECT id FROM source WHERE name = ? AND kind = ?", (name, kind)
            )
        return int(found) if found is not None else self._source_id(name, kind)

    @whole
    def _source_id(self, name: str, kind: str) -> int:
        with self.database.writing() as link:
            return source_id(link, name, kind)

    def state(self, name: str) -> SourceState:
        """What is known of a source; one that never ran is ready."""
        with self.database.reading() as link:
            row = link.one(f"{STATE} WHERE name = ?", (name,))
        return SourceState(*row) if row else SourceState(name, "")

    def states(self) -> list[SourceState]:
        """All sources that ever ran, by name."""
        with self.database.reading() as link:
            return [SourceState(*row) for row in link.all(f"{STATE} ORDER BY name")]

    @whole
    def pause(self, name: str, reason: str) -> None:
        """Do not run it until a person resumes it."""
        with self.database.writing() as link:
            become(link, name, "paused", None, reason)
            audit.note(link, "source.pause", f"source {name}")

    @whole
    def resume(self, name: str) -> None:
        """Run it again, whatever held it back."""
        with self.database.writing() as link:
            breakers.close(link, name)
            become(link, name, "ready", None, None)
            audit.note(link, "source.resume", f"source {name}")

    def wait(self, name: str, until: int, reason: str) -> None:
        """Do not run it before this instant."""
        self._become(name, "waiting", until, reason)

    def fail(self, name: str, reason: str) -> None:
        """Do not run it again by itself; a person resumes it."""
        self._become(name, "failed", None, reason)

    @whole
    def _become(
        self, name: str, state: str, retry_at: int | None, reason: str | None
    ) -> None:
        with self.database.writing() as link:
            become(link, name, state, retry_at, reason)

    def anchor(self, name: str, now: int) -> int:
        """The instant from which on a source's slots count: when it was first seen."""
        known = self.first_seen(name)
        return self._anchor(name, now) if known is None else known

    @whole
    def _anchor(self, name: str, now: int) -> int:
        with self.database.writing() as link:
            link.run(
                "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING",
                (f"slots from {name}", str(now)),
            )
            return int(
                link.value(
                    "SELECT value FROM meta WHERE key = ?", (f"slots from {name}",)
                )
            )

    def first_seen(self, name: str) -> int | None:
        """The instant `anchor` has kept."""
        with self.database.reading() as link:
            found = link.value(
                "SELECT value FROM meta WHERE key = ?", (f"slots from {name}",)
            )
        return int(found) if found is not None else None


def source_id(link: Link, name: str, kind: str) -> int:
    """The row of a source, made when it is new, with this kind from now on."""
    return int(
        link.value(
            "INSERT INTO source (name, kind, state) VALUES (?, ?, 'ready')"
            " ON CONFLICT (name) DO UPDATE SET kind = excluded.kind RETURNING id",
            (name, kind),
        )
    )


def become(
    link: Link, name: str, state: str, retry_at: int | None, reason: str | None
) -> None:
    """Put a source into a state; one that never ran gets its kind with its run."""
    link.run(
        "INSERT INTO source (name, kind, state, retry_at, reason)"
        " VALUES (?, '', ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
        " state = excluded.state, retry_at = excluded.retry_at,"
        " reason = excluded.reason",
        (name, state, retry_at, reason),
    )
