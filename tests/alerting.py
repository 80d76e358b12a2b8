"""A campaign with ten days of views, and alerts in its settings."""

from __future__ import annotations

from pathlib import Path

from support import Run

from tracker.app import Tracker, open_tracker

PLAN = """
[campaign]
id = "walks"
name = "Harbour walks"
timezone = "{zone}"
currency = "EUR"
language = "{language}"
start = 2026-03-01
end = 2026-03-31
"""
#: Views of one post on days of March; 4 March was not read, 6 and 8 gained less
#: than 100, 7 gained nothing.
DAYS = {1: 500, 2: 800, 3: 1000, 5: 1300, 6: 1350, 7: 1350, 8: 1370, 9: 1600, 10: 1900}
DAY = 86_400_000


def day(number: int, hour: int = 12) -> int:
    """An instant of March 2026, ms UTC."""
    return 1_772_323_200_000 + (number - 1) * DAY + hour * 3_600_000


def make_campaign(
    invoke: Run, home: Path, zone: str = "UTC", language: str = "en"
) -> Path:
    (home / "plan.toml").write_text(PLAN.format(zone=zone, language=language))
    (home / "people.csv").write_text(
        "id,name,platform,handle\nana,Ana Ibarra,youtube,ana.walks\n"
    )
    rows = [
        f"youtube,ana.walks,v1,2026-03-01T06:00:00Z,2026-03-{at:02}T10:00:00Z,{views}"
        for at, views in DAYS.items()
    ]
    head = "platform,handle,post_id,published_at,captured_at,views\n"
    (home / "readings.csv").write_text(head + "\n".join(rows) + "\n")
    for words in (
        ("campaign", "apply", home / "plan.toml"),
        ("ambassador", "import", home / "people.csv", "--campaign", "walks"),
        ("ingest", "--file", home / "readings.csv", "--kind", "csv"),
    ):
        result = invoke(*words)
        assert result.code == 0, result.err
    return home


def settings(home: Path, text: str) -> Tracker:
    """The workspace opened with these blocks at the end of its tracker.toml."""
    file = home / "tracker.toml"
    start = file.read_text().partition("# tests\n")[0]
    file.write_text(f"{start}# tests\n{text}")
    return open_tracker(home)


def alert(name: str = "few", when: str = "views.gain < 100", more: str = "") -> str:
    return (
        f'[[alert]]\nname = "{name}"\nwhen = "{when}"\n'
        f'to = [{{ env = "ALERT_URL" }}]\n{more}\n'
    )
