"""The parts of docs/deployment/compose.yaml, as real processes on a real PostgreSQL,
behind a real nginx. What is not run here is the building of images."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from serving import SECRETS, ask, deliver, event
from support import PRIVATE, ROOT, Server

FOLDER = ROOT / "docs" / "deployment"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, one in SERVICES.items() if one["image"] == "ambassador-tracker"]


def sources(name: str) -> dict[str, str]:
    """Where a service finds a path, and what lies there."""
    pairs = (each.split(":") for each in SERVICES[name].get("volumes", ()))
    return {target: source for source, target, *_ in pairs}


# -- the file ----------------------------------------------------------------------


def test_what_services_name_is_there() -> None:
    for name, one in SERVICES.items():
        for source in sources(name).values():
            known = source.startswith("./") or source in COMPOSE["volumes"]
            assert known, (name, source)
        assert set(one.get("secrets", ())) <= set(COMPOSE["secrets"]), name
        assert set(one["networks"]) <= set(COMPOSE["networks"]), name
        assert set(one.get("depends_on", ())) <= set(SERVICES), name


def test_files_beside_it_are_there() -> None:
    """But those that are for the user to make."""
    made = {"./inbox", *(one["file"] for one in COMPOSE["secrets"].values())}
    for name in SERVICES:
        for source in sources(name).values():
            if source.startswith("./") and source not in made:
                assert (FOLDER / source).is_file(), source
    build = COMPOSE["x-tracker"]["build"]
    assert (FOLDER / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]).is_file()


def test_each_daemon_has_a_name_and_a_home_of_its_own() -> None:
    daemons = [name for name in OURS if SERVICES[name]["command"][0] == "daemon"]
    assert len(daemons) == 2
    homes = {sources(name)["/var/lib/ambassador-tracker"] for name in daemons}
    hosts = {SERVICES[name]["environment"]["TRACKER_HOST"] for name in daemons}
    assert (len(homes), len(hosts)) == (2, 2)
    for name in daemons:
        assert set(SERVICES[name]["environment"]) <= {"TRACKER_HOST"}


def test_commands_are_commands_of_the_program() -> None:
    from tracker.cli import PLACES

    for name in OURS:
        assert SERVICES[name]["command"][0] in PLACES


def test_the_proxy_knows_the_daemons_and_they_know_it() -> None:
    conf = (FOLDER / "nginx.conf").read_text()
    settings = (FOLDER / "tracker.toml").read_text()
    for name in ("a", "b"):
        at = SERVICES[name]["networks"]["inside"]["ipv4_address"]
        assert f"server {at}:8040" in conf
    assert SERVICES["proxy"]["networks"]["inside"]["ipv4_address"] in settings


def test_settings_name_only_what_is_mounted() -> None:
    mounted = {*sources("a"), "/run/secrets"}
    for path in re.findall(r'"(/[^"]*)"', (FOLDER / "tracker.toml").read_text()):
        assert any(path.startswith(each) for each in mounted), path


def test_the_image_is_of_locked_packages() -> None:
    text = (FOLDER / "Containerfile").read_text()
    installs = [line for line in text.splitlines() if "pip install" in line]
    locked = [line for line in installs if "--require-hashes" in line]
    assert len(installs) - len(locked) == 1, "only our own wheel has no hash"
    assert "USER 10001:10001" in text
    assert "HEALTHCHECK" in text
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", text, re.MULTILINE)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
        assert f"!{name}" in (FOLDER / "Containerfile.dockerignore").read_text()


def test_the_builder_is_picked_out_of_the_lock(tmp_path: Path) -> None:
    """The awk line of the Containerfile gives whole entries, with their hashes."""
    text = (FOLDER / "Containerfile").read_text()
    (line,) = re.findall(r"^RUN (awk .*)$", text, re.MULTILINE)
    shutil.copy(ROOT / "requirements-dev.txt", tmp_path)
    subprocess.run(["/bin/sh", "-c", line], cwd=tmp_path, check=True)
    picked = (tmp_path / "build.txt").read_text()
    names = re.findall(r"^([a-z-]+)==", picked, re.MULTILINE)
    assert sorted(names) == [
        "hatchling",
        "packaging",
        "pathspec",
        "pluggy",
        "trove-classifiers",
    ]
    assert all("--hash=sha256:" in part for part in re.split(r"\n(?=[a-z])", picked))


# -- the parts at work -------------------------------------------------------------


class Parts:
    """Services as processes; what a container sees under / lies under `root`."""

    def __init__(self, root: Path, url: str) -> None:
        self.root, self.ports = (
            root,
            {name: free_port() for name in ("a", "b", "proxy")},
        )
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        for name in ("site", "inbox", "backups", "secrets"):
            (root / name).mkdir(mode=0o700)
        for name, text in (
            ("database_url", url),
            ("shop_secret", SECRETS["SHOP_SECRET"]),
        ):
            (root / "secrets" / name).write_text(text)
            (root / "secrets" / name).chmod(0o600)
        for name in OURS:
            (root / name).mkdir(mode=0o700)
            (root / name / "tracker.toml").write_text(self.settings(name))

    def settings(self, name: str) -> str:
        text = (FOLDER / "tracker.toml").read_text()
        text = text.replace("0.0.0.0:8040", f"127.0.0.1:{self.ports.get(name, 0)}")
        text = text.replace("172.30.40.10", "127.0.0.1")
        return re.sub(r"/(?:srv|run)/(\w+)", rf"{self.root}/\1", text)

    def tracker(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        """The service's own command, or another one in its place."""
        around = {k: v for k, v in os.environ.items() if k not in PRIVATE}
        around |= SERVICES[name].get("environment", {})
        around |= {"PYTHONPATH": str(ROOT), "TRACKER_HOME": str(self.root / name)}
        with (self.root / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tracker",
                    *(words or SERVICES[name]["command"]),
                ],
                env=around,
                stdout=log,
                stderr=log,
            )

    def done(self, name: str, *words: str) -> None:
        assert self.tracker(name, *words).wait() == 0, self.log(name)

    def log(self, name: str) -> str:
        return (self.root / f"{name}.log").read_text()

    def start(self, name: str) -> None:
        self.processes[name] = self.tracker(name)
        until(lambda: status(self.ports[name], "/readyz") == 200, self.log, name)

    def proxy(self, nginx: str) -> None:
        text = (FOLDER / "nginx.conf").read_text()
        for name in ("a", "b"):
            at = SERVICES[name]["networks"]["inside"]["ipv4_address"]
            text = text.replace(f"{at}:8040", f"127.0.0.1:{self.ports[name]}")
        text = text.replace("listen 8080;", f"listen 127.0.0.1:{self.ports['proxy']};")
        text = re.sub(r"/(?:srv|tmp)/(\w+)", rf"{self.root}/\1", text)
        if os.geteuid() == 0:  # as the container's user, its workers read what is ours
            text = "user root;\n" + text
        conf = self.root / "nginx.conf"
        conf.write_text(text)
        words = [nginx, "-c", str(conf), "-p", str(self.root)]
        checked = subprocess.run([*words, "-t"], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr
        with (self.root / "proxy.log").open("wb") as log:
            self.processes["proxy"] = subprocess.Popen(
                [*words, "-g", "daemon off;"], stdout=log, stderr=log
            )
        until(lambda: status(self.ports["proxy"], "/healthz") == 404, self.log, "proxy")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.ports['proxy']}"


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def status(port: int, path: str) -> int:
    """0 while nobody answers."""
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{port}{path}", timeout=5
        ) as found:
            return int(found.status)
    except urllib.error.HTTPError as error:
        return int(error.code)
    except OSError:
        return 0


def until(true: Callable[[], Any], log: Callable[[str], str], name: str) -> None:
    end = time.monotonic() + 90
    while not true():
        assert time.monotonic() < end, log(name)
        time.sleep(0.1)


@pytest.fixture
def parts(server: Server, tmp_path: Path) -> Iterator[Parts]:
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if nginx is None:
        assert os.environ.get("CI") != "true", "no nginx on this machine"
        pytest.skip("no nginx on this machine")
    name = "c" + os.urandom(6).hex()
    server.do(f"CREATE DATABASE {name}")
    made = Parts(tmp_path, server.url(name))
    try:
        made.done("schema")
        for daemon in ("a", "b"):
            made.start(daemon)
        made.proxy(nginx)
        yield made
    finally:
        for process in made.processes.values():
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        server.do(f"DROP DATABASE {name} WITH (FORCE)")


def test_requests_go_on_when_a_daemon_dies(parts: Parts) -> None:
    """Deliveries, links and pages by the proxy, before and after a SIGKILL; a backup
    that one of the daemons makes by itself."""
    assert deliver(parts.address, "m1", event(1)).status == 200
    parts.done("a", "link", "add", "https://shop.example/", "--code", "spring24")
    until(
        lambda: ask(parts.address, "GET", "/c/spring24").status == 302, parts.log, "a"
    )
    until(lambda: ask(parts.address, "GET", "/").status == 200, parts.log, "a")
    for path in ("/metrics", "/readyz", "/openapi.json", "/.published.json"):
        assert ask(parts.address, "GET", path).status == 404
    assert ask(parts.address, "POST", "/hooks/shop", b"{}").status == 401
    parts.processes["a"].kill()
    parts.processes["a"].wait()
    answers = [deliver(parts.address, f"m{n}", event(n)).status for n in range(2, 12)]
    assert answers == [200] * 10
    assert ask(parts.address, "GET", "/c/spring24").status == 302
    assert ask(parts.address, "GET", "/").status == 200
    until(lambda: list((parts.root / "backups").glob("2*")), parts.log, "b")
    parts.done("b", "backup", "verify")
