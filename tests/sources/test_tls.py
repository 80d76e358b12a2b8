"""Whom the client trusts: certificates made by openssl for these tests alone."""

from __future__ import annotations

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sources.faults import Server, answer, endless, raw, stream

from tracker.errors import PermanentSourceError, TransientSourceError
from tracker.sources.httpclient import Call, Client, Limits

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")

KEYS = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
CONFIG = """\
[ca]
default_ca = c
[c]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = p
unique_subject = no
[p]
CN = supplied
[here]
subjectAltName = IP:127.0.0.1
[elsewhere]
subjectAltName = DNS:elsewhere.example
"""
#: Each certificate: the names it is for, and its time.
MADE = {
    "good": "-extensions here -days 2",
    "other": "-extensions elsewhere -days 2",
    "old": "-extensions here -startdate 20200101000000Z -enddate 20200201000000Z",
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority of its own and certificates that it signed."""
    folder = tmp_path_factory.mktemp("keys")

    def run(words: str) -> None:
        subprocess.run(
            ["openssl", *words.split()], cwd=folder, check=True, capture_output=True
        )

    (folder / "config").write_text(CONFIG)
    (folder / "index").touch()
    (folder / "serial").write_text("01\n")
    run(f"req -x509 {KEYS} -keyout ca.key -out ca.pem -subj /CN=Authority -days 2")
    run(f"req {KEYS} -keyout key.pem -out request.pem -subj /CN=localhost")
    for name, manner in MADE.items():
        run(
            "ca -batch -notext -config config -cert ca.pem -keyfile ca.key"
            f" -in request.pem -out {name}.pem {manner}"
        )
    return folder


def serving(keys: Path, name: str = "good") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(keys / f"{name}.pem", keys / "key.pem")
    return context


@contextlib.contextmanager
def open_talker() -> Iterator[int]:
    """The port of a server that speaks HTTP where a handshake is expected."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk() -> None:
            with contextlib.suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.recv(9999)
                        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=talk, daemon=True).start()
        yield listener.getsockname()[1]


def asking(keys: Path | None, limits: Limits | None = None) -> Client:
    return Client(
        "acme",
        limits=limits,
        allow_private=["127.0.0.1"],
        ca_file=str(keys / "ca.pem") if keys else None,
        sleep=lambda _: None,
    )


def test_a_certificate_of_a_trusted_authority_is_accepted(keys: Path) -> None:
    with (
        Server(answer(b"whole"), tls=serving(keys)) as server,
        asking(keys) as asker,
    ):
        bodies = [asker.send(Call("GET", server.url)).body for _ in range(3)]
    assert bodies == [b"whole"] * 3
    assert server.connections == 1


@pytest.mark.parametrize(
    ("name", "trusted", "cause"),
    [
        ("old", True, "expired"),
        ("other", True, "certificate is not valid for '127.0.0.1'"),
        ("good", False, "unable to get local issuer certificate"),
    ],
)
def test_any_other_certificate_is_refused_by_its_fault(
    keys: Path, name: str, trusted: bool, cause: str
) -> None:
    with (
        Server(answer(), tls=serving(keys, name)) as server,
        asking(keys if trusted else None) as asker,
        pytest.raises(PermanentSourceError) as caught,
    ):
        asker.send(Call("GET", server.url))
    assert caught.value.code == "TLS"
    assert cause in caught.value.cause
    assert "set ca_file" in caught.value.todo
    assert not server.requests


def test_an_old_protocol_is_refused(keys: Path) -> None:
    context = serving(keys)
    with pytest.warns(DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with (
        Server(answer(), tls=context) as server,
        asking(keys) as asker,
        pytest.raises(TransientSourceError) as caught,
    ):
        asker.send(Call("GET", server.url))
    assert caught.value.code == "TLS"
    assert not server.requests


def test_a_server_without_tls_is_refused(keys: Path) -> None:
    """What it says instead of a handshake is no reason to talk to it openly."""
    with (
        open_talker() as port,
        asking(keys) as asker,
        pytest.raises(TransientSourceError) as caught,
    ):
        asker.send(Call("GET", f"https://127.0.0.1:{port}/"))
    assert caught.value.code == "TLS"


def test_a_body_that_is_cut_off_under_tls_is_tried_again(keys: Path) -> None:
    cut = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
    with (
        Server(cut, answer(b"whole"), tls=serving(keys)) as server,
        asking(keys) as asker,
    ):
        assert asker.send(Call("GET", server.url)).body == b"whole"
    assert len(server.requests) == 2


def test_a_drip_under_tls_ends(keys: Path) -> None:
    """Encryption has deadlines of its own, that each byte would begin anew."""
    drip = stream(
        b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", endless(b"x"), 0.05
    )
    with (
        Server(drip, tls=serving(keys)) as server,
        asking(keys, Limits(connect=2, idle=0.4, total=1)) as asker,
        pytest.raises(TransientSourceError, match="no complete answer in 1 s"),
    ):
        asker.send(Call("GET", server.url))
