"""Nobody leads a source inside: by number, by name, in disguise or by surprise."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import PermanentSourceError, SourceError, TransientSourceError
from tracker.sources.addresses import Gate, kind_of
from tracker.sources.httpclient import Call, Client, Limits

#: Addresses and what they are; "" for those of the whole world.
KINDS = {
    "8.8.8.8": "",
    "1.1.1.1": "",
    "93.184.215.14": "",
    "192.1.0.1": "",
    "223.255.255.254": "",
    "2606:4700::1111": "",
    "2a00:1450:4001::200e": "",
    "::ffff:8.8.8.8": "",
    "0.0.0.0": "unspecified",
    "0.1.2.3": "unspecified",
    "::": "unspecified",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "::1": "loopback",
    "::ffff:127.0.0.1": "loopback",
    "10.0.0.7": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.1.1": "private",
    "::ffff:10.0.0.1": "private",
    "fc00::1": "private",
    "fd00:ec2::254": "private",
    "100.64.0.1": "private",
    "100.100.100.200": "private",
    "169.254.169.254": "link-local",
    "::ffff:169.254.169.254": "link-local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "168.63.129.16": "cloud-internal",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "ff02::1": "multicast",
    "ff0e::1": "multicast",
    "64:ff9b::a9fe:a9fe": "NAT64",
    "64:ff9b::808:808": "NAT64",
    "64:ff9b:1::a00:1": "NAT64",
    "2002:a9fe:a9fe::1": "6to4",
    "2002:808:808::1": "6to4",
    "192.88.99.1": "6to4",
    "2001:0:a9fe:a9fe::1": "Teredo",
    "192.0.0.8": "special-purpose",
    "192.0.0.192": "special-purpose",
    "192.0.0.9": "special-purpose",
    "2001:db8::1": "special-purpose",
    "3fff::1": "special-purpose",
    "240.0.0.1": "special-purpose",
    "255.255.255.255": "special-purpose",
    "::127.0.0.1": "special-purpose",
    "::a9fe:a9fe": "special-purpose",
    "100::1": "special-purpose",
    "4000::1": "special-purpose",
    "fec0::1": "special-purpose",
}
#: Nothing public is here, whatever `ipaddress` of some version calls it.
CLOSED = (
    "192.0.2.1 198.51.100.1 203.0.113.1 198.18.0.1 198.19.255.255 2001:2::1".split()
)


@pytest.mark.parametrize("address", KINDS)
def test_each_kind_of_address_is_known(address: str) -> None:
    assert kind_of(address) == KINDS[address]


@pytest.mark.parametrize("address", CLOSED)
def test_examples_and_test_ranges_are_closed(address: str) -> None:
    assert kind_of(address)


@given(st.ip_addresses())
def test_what_is_open_is_global_unicast(address: Any) -> None:
    """Whatever address: open means global for `ipaddress`, and much more than that."""
    if kind_of(str(address)):
        return
    assert address.is_global
    assert not address.is_multicast
    if address.version == 6 and not address.ipv4_mapped:
        assert address in ipaddress.ip_network("2000::/3")
        assert not address.sixtofour
        assert not address.teredo


@given(st.ip_addresses(v=4))
def test_a_mapped_address_is_what_it_maps(address: Any) -> None:
    assert kind_of(f"::ffff:{address}") == kind_of(str(address))


@pytest.mark.parametrize(
    ("host", "address", "kind"),
    [
        ("feed.example", "10.0.0.7", ""),
        ("FEED.example.", "127.0.0.1", ""),
        ("other.example", "10.0.0.7", "private"),
        ("sub.feed.example", "10.0.0.7", "private"),
        # A name may be led elsewhere by whoever owns it; a number means itself.
        ("feed.example", "169.254.169.254", "link-local"),
        ("169.254.1.2", "169.254.1.2", ""),
        ("[::1]", "::1", ""),
    ],
)
def test_a_named_host_may_lie_inside(host: str, address: str, kind: str) -> None:
    gate = Gate(["feed.example", "169.254.1.2", "::1"])
    assert gate.wrong_address(host, address) == kind


def test_other_ports_are_for_named_hosts() -> None:
    gate = Gate(["feed.example"], [80, 443])
    assert [gate.wrong_port("x.example", port) for port in (80, 443)] == [False, False]
    assert gate.wrong_port("x.example", 8080)
    assert not gate.wrong_port("feed.example", 8080)


# -- through the client: whatever the address says, nothing arrives


@contextmanager
def listening(host: str = "127.0.0.1") -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        listener.setblocking(False)
        yield listener


def _here() -> list[str]:
    """Loopback addresses of this machine; not every one has a sixth version."""
    try:
        with listening("::1"):
            return ["127.0.0.1", "::1"]
    except OSError:
        return ["127.0.0.1"]


HERE = _here()


def visited(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


#: Hosts that the resolver or the client turn into addresses of this machine, of its
#: network or of a cloud's secrets.
DISGUISED = """\
127.0.0.1 127.1 127.0.1 0x7f.0.0.1 0x7f000001 2130706433 017700000001 0177.0.0.1
127.0.0.1. 127.000.000.001 0 0.0.0.0 0x0 [::] [::1] [0:0:0:0:0:0:0:1]
[::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1]
[64:ff9b:1::7f00:1] [2002:7f00:1::] [fe80::1] [fe80::1%25lo] localhost LOCALHOST
localhost. ①②⑦.⓪.⓪.① １２７.０.０.１ 127。0。0。1 ⓛⓞⓒⓐⓛⓗⓞⓢⓣ
169.254.169.254 0xA9FEA9FE 2852039166 0251.0376.0251.0376 0xa9.0xfe.0xa9.0xfe
169.254.43518 169.16689662 [::ffff:169.254.169.254] [::ffff:a9fe:a9fe]
[64:ff9b::a9fe:a9fe] [2002:a9fe:a9fe::1] [2001:0:a9fe:a9fe::] [fd00:ec2::254]
10.0.0.1 10.1 012.0.0.1 0xa.0.0.1 172.16.0.1 172.31.255.254 192.168.0.1 192.168.257
0300.0250.0.1 3232235521 100.64.0.1 100.100.100.200 192.0.0.1 192.0.0.8 192.0.0.192
198.18.0.1 192.0.2.1 192.88.99.1 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1
255.255.255.255 [ff02::1] [ff0e::1] [fc00::1] [2001:db8::1] [100::1] 168.63.129.16
0x7f.1 127.0x1 0177.1 [::ffff:10.0.0.1] [::ffff:192.168.1.1] [64:ff9b::10.0.0.1]
[2002:0a00:0001::] [3fff::1] 0xac100001
""".split()
assert len(DISGUISED) >= 80


@pytest.mark.parametrize("host", DISGUISED)
def test_no_disguise_of_an_inside_address_is_connected_to(host: str) -> None:
    with ExitStack() as stack:
        canaries = [stack.enter_context(listening(at)) for at in HERE]
        for listener in canaries:
            port = listener.getsockname()[1]
            error = refused(f"http://{host}:{port}/", ports=[port])
            assert isinstance(error, PermanentSourceError | TransientSourceError)
            assert error.code in ("ADDR_BLOCKED", "UPSTREAM")
            assert not visited(listener)


#: What is certainly an address for every resolver must be named as what it is.
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254"])
def test_a_refusal_names_the_address_and_the_way_out(host: str) -> None:
    error = refused(f"http://{host}/")
    bare = host.strip("[]")
    assert str(error) == (
        f"error[ADDR_BLOCKED] source acme ({bare}): {bare} resolves to {bare}, a"
        f" {KINDS.get(bare, 'private')} address. Not fetched. If this is intended:"
        f' allow_private = ["{bare}"].'
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://8.8.8.8:22/",
        "https://8.8.8.8:8443/",
        "file:///etc/passwd",
        "gopher://8.8.8.8/",
        "ftp://8.8.8.8/",
        "//8.8.8.8/",
        "http:///x",
        "http://",
        "",
        "http://user@8.8.8.8/",
        "http://user:word@8.8.8.8/",
        "http://8.8.8.8:99999/",
        "http://[::1/",
    ],
)
def test_what_is_no_open_web_address_is_refused(url: str) -> None:
    assert refused(url).code == "ADDR_BLOCKED"


def refused(url: str, limits: Limits | None = None, **options: Any) -> SourceError:
    patience = limits or Limits(connect=2, idle=2, total=4)
    with (
        Client("acme", limits=patience, sleep=lambda _: None, **options) as asker,
        pytest.raises(SourceError) as caught,
    ):
        asker.send(Call("GET", url))
    return caught.value


# -- names that lead elsewhere the next time


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A name server that answers differently each time; the names it was asked."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def fake(host: str, port: int, *rest: int) -> list[Any]:
        if rest[3] & socket.AI_NUMERICHOST:
            return real(host, port, *rest)
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [each for text in found for each in real(text, port, *rest)]

    monkeypatch.setattr(socket, "getaddrinfo", fake)
    return asked


def test_a_name_that_leads_inside_is_never_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Thousands of times, with several addresses, in every mix of the two."""
    asked = resolving(monkeypatch, ["127.0.0.1"], ["10.0.0.1", "::1"], ["127.0.0.1"])
    with listening() as canary:
        port = canary.getsockname()[1]
        with Client("acme", ports=[port]) as asker:
            for _ in range(2000):
                with pytest.raises(PermanentSourceError, match="resolves to"):
                    asker.send(Call("GET", f"http://feed.example:{port}/"))
        assert not visited(canary)
    assert len(asked) == 2000


#: Enough to connect, and then to hear nothing.
BRIEF = Limits(connect=2, idle=0.2, total=0.4)


def test_the_address_that_was_looked_at_is_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name is asked for once a connection: what it would say next is never heard."""
    asked = resolving(monkeypatch, ["127.0.0.2"], ["127.0.0.1"])
    with listening() as canary:
        port = canary.getsockname()[1]
        with socket.create_server(("127.0.0.2", port)) as meant:
            meant.setblocking(False)
            url = f"http://feed.example:{port}/"
            error = refused(url, BRIEF, allow_private=["feed.example"])
            assert "silent" in error.cause
            assert visited(meant)
        assert not visited(canary)
    assert asked == ["feed.example"]


def test_of_several_addresses_only_the_open_ones_are_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving(monkeypatch, ["169.254.169.254", "127.0.0.1"])
    with listening() as listener:
        url = f"http://feed.example:{listener.getsockname()[1]}/"
        error = refused(url, BRIEF, allow_private=["feed.example"])
        assert "silent" in error.cause
        assert visited(listener)


def test_a_dead_first_address_leaves_time_for_the_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first takes no more connections, and says nothing of it."""
    resolving(monkeypatch, ["127.0.0.2", "127.0.0.1"])
    with listening() as listener:
        port = listener.getsockname()[1]
        with deaf("127.0.0.2", port):
            url = f"http://feed.example:{port}/"
            error = refused(url, BRIEF, allow_private=["feed.example"])
        assert "silent" in error.cause or "no complete answer" in error.cause
        assert visited(listener)


def test_a_connection_that_never_comes_about_ends() -> None:
    with deaf("127.0.0.2", 0) as port:
        url = f"http://127.0.0.2:{port}/"
        error = refused(url, Limits(connect=0.2), allow_private=["127.0.0.2"])
    assert (error.code, error.cause) == (
        "TIMEOUT",
        "no connection in 0.2 s three times",
    )


@contextmanager
def deaf(host: str, port: int) -> Iterator[int]:
    """A port whose queue of connections is full: further ones get no answer."""
    with socket.create_server((host, port), backlog=0) as listener, ExitStack() as full:
        address = listener.getsockname()
        for _ in range(4):
            caller = full.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(address)
        yield address[1]


def test_a_resolver_that_hangs_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The system's own resolver may take minutes, and knows no deadline."""
    let_go = threading.Event()
    real = socket.getaddrinfo

    def slow(host: str, port: int, *rest: int) -> list[Any]:
        if rest[3] & socket.AI_NUMERICHOST:
            return real(host, port, *rest)
        let_go.wait(30)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    error = refused("http://feed.example/", Limits(connect=0.1))
    let_go.set()
    assert error.code == "TIMEOUT"
    assert "not found in time" in error.cause
