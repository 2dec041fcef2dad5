"""Our own HTTP client: it asks only servers that are permitted, and bounds what it takes.

An address is looked up once, and the connection goes to the address that was checked, so a name
that means another machine a moment later gains nothing. Redirects are checked like the first
request. No proxy, cookie or password of the environment is ever used.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread, Timer
from typing import Final
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from neagraph import __version__
from neagraph.errors import LimitError, RefusedError, RemoteError, UsageError

_PORTS: Final = {"http": 80, "https": 443}
_MOST_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_SEE_OTHER: Final = 303
_OK: Final = range(200, 300)
_CHUNK: Final = 64 * 1024
_GZIP: Final = 16 + zlib.MAX_WBITS
_TRANSLATED: Final = ipaddress.ip_network("64:ff9b::/96")  # IPv4 inside IPv6, RFC 6052

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class FederationPolicy:
    """Which other servers may be asked, and how much of them is taken.

    Args:
        allowed: Origins such as `https://query.wikidata.org`; empty permits nothing.
        max_bytes: Size of one answer, after decompression.
        max_seconds: Time for all that one request asks of other servers.
        max_rows: Solutions of one SERVICE.
        allow_private: Whether servers in private networks may be asked, loopback included.

    Raises:
        UsageError: If one of `allowed` is no origin.
    """

    allowed: tuple[str, ...] = ()
    max_bytes: int = 16 * 1024 * 1024
    max_seconds: float = 10.0
    max_rows: int = 10_000
    allow_private: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "allowed", tuple(map(_as_origin, self.allowed)))

    def require_allowed(self, address: str) -> SplitResult:
        """Return the parts of an address that may be asked.

        Raises:
            RefusedError: If its origin is not on the list.
        """
        try:
            parts = urlsplit(address)
            permitted = _origin(parts) in self.allowed and parts.username is None
        except ValueError:
            permitted = False
        if not permitted:
            raise RefusedError(
                f"The server of <{address}> may not be asked from here.",
                hint="Permitted are " + (", ".join(self.allowed) or "no other servers") + ".",
            )
        return parts


def require_public(policy: FederationPolicy) -> None:
    """Raise UsageError for a server on the list whose address is written out and private.

    Where it is a name, it is looked up when the server is asked, and refused then.
    """
    for origin in () if policy.allow_private else policy.allowed:
        host = urlsplit(origin).hostname or ""
        try:
            public = is_public(ipaddress.ip_address(host))
        except ValueError:
            public = host != "localhost" and not host.endswith(".localhost")
        if not public:
            raise UsageError(
                f"{host} is an address of this machine or of a private network, "
                "and those are never asked.",
                where=origin,
                hint="Name public servers alone.",
            )


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server has sent.

    Args:
        body: The bytes, decompressed.
        media_type: Their media type, lower-cased, without parameters; empty where none is told.
        address: Where they came from, after redirects.
    """

    body: bytes
    media_type: str
    address: str


def fetch(
    address: str,
    policy: FederationPolicy,
    *,
    accept: str,
    form: bytes | None = None,
    until: float | None = None,
) -> Fetched:
    """Return what a server sends.

    Args:
        address: Absolute http or https address.
        policy: What is permitted.
        accept: The Accept header.
        form: URL-encoded form to POST; None for GET.
        until: When to give up, on the clock of `time.monotonic`; None for the policy's time.

    Raises:
        RefusedError: If the address, or one that it sends on to, is not permitted.
        LimitError: If the answer is larger than the policy permits.
        RemoteError: If there is no answer in time, or one that tells of a failure.
    """
    until = time.monotonic() + policy.max_seconds if until is None else until
    for _ in range(_MOST_REDIRECTS + 1):
        parts = policy.require_allowed(address)
        try:
            with _connected(parts, policy, until=until) as connection:
                response = _ask(connection, parts, accept=accept, form=form)
                if response.status not in _REDIRECTS:
                    return _read(response, address, policy, until=until)
                form = None if response.status == _SEE_OTHER else form
                address = urljoin(address, response.headers.get("Location", ""))
        except (OSError, http.client.HTTPException, ValueError, zlib.error) as error:
            late = time.monotonic() >= until
            reason = "it took too long" if late else (str(error) or type(error).__name__)
            raise RemoteError(
                f"<{address}> gave no answer: {reason}.", hint="Ask again later, or without it."
            ) from error
    raise RemoteError(f"<{address}> was reached by more than {_MOST_REDIRECTS} redirects.")


def is_public(address: Address) -> bool:
    """Return whether an address is one of the open internet, whatever it is wrapped in."""
    inner = _inside(address)
    special = inner.is_multicast or inner.is_reserved or inner.is_unspecified
    return inner.is_global and not special


def _inside(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo or address


def _as_origin(text: str) -> str:
    try:
        parts = urlsplit(text.strip())
        origin = _origin(parts)
        usable = bool(parts.hostname) and parts.scheme in _PORTS and parts.username is None
    except ValueError:
        usable = False
    if not usable or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise UsageError(
            f'"{text}" is no origin of a server.', hint="Write it as https://query.example.org"
        )
    return origin


def _origin(parts: SplitResult) -> str:
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = parts.port or _PORTS.get(parts.scheme, 0)
    return f"{parts.scheme}://{host}:{port}"


@contextmanager
def _connected(
    parts: SplitResult, policy: FederationPolicy, *, until: float
) -> Iterator[http.client.HTTPConnection]:
    """Yield a connection to a checked address; it is cut when the time is over."""
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    addresses = _look_up(host, port, seconds=_left(until))
    if not policy.allow_private and not all(map(is_public, addresses)):
        raise RefusedError(
            f"{host} is an address of a private network, and those may not be asked.",
            hint="Name a public server.",
        )
    plain = _connect(addresses, port, until=until)
    with contextlib.closing(plain.dup()) as same:
        timer = Timer(_left(until), _cut, [same])
        timer.daemon = True
        timer.start()
        try:
            connection = http.client.HTTPConnection(host, port)
            connection.sock = _secured(plain, host) if parts.scheme == "https" else plain
            with contextlib.closing(connection):
                yield connection
        finally:
            plain.close()
            timer.cancel()
            timer.join()


def _require_time(until: float) -> None:
    if time.monotonic() >= until:
        raise TimeoutError


def _left(until: float) -> float:
    return max(0.001, until - time.monotonic())


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _secured(plain: socket.socket, host: str) -> ssl.SSLSocket:
    """Return the connection with TLS; the certificate must be that of the name asked for."""
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _look_up(host: str, port: int, *, seconds: float) -> list[Address]:
    """Return the addresses of a name; the system's look-up knows no deadline, so a thread waits."""
    found: list[Address] = []
    problems: list[OSError] = []
    done = Event()

    def look_up() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(ipaddress.ip_address(str(a[4][0]).partition("%")[0]) for a in answers)
        except (OSError, UnicodeError) as error:
            problems.append(OSError(str(error)))
        done.set()

    Thread(target=look_up, daemon=True).start()
    if not done.wait(seconds):
        raise TimeoutError("its name could not be looked up in time")
    if problems or not found:
        raise OSError(f"its name is not known ({problems[0] if problems else 'no address'})")
    return list(dict.fromkeys(found))


def _connect(addresses: list[Address], port: int, *, until: float) -> socket.socket:
    last = OSError("no address")
    for address in addresses:
        try:
            connection = socket.create_connection((str(address), port), timeout=_left(until))
        except OSError as error:
            last = error
        else:
            connection.settimeout(_left(until))
            return connection
    raise last


def _ask(
    connection: http.client.HTTPConnection, parts: SplitResult, *, accept: str, form: bytes | None
) -> http.client.HTTPResponse:
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    headers: Mapping[str, str] = {
        "Host": parts.netloc,
        "Accept": accept,
        "Accept-Encoding": "gzip",
        "Connection": "close",
        "User-Agent": f"neagraph/{__version__}",
        **({} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}),
    }
    method = "GET" if form is None else "POST"
    connection.request(method, target + (f"?{query}" if query else ""), form, dict(headers))
    return connection.getresponse()


def _read(
    response: http.client.HTTPResponse, address: str, policy: FederationPolicy, *, until: float
) -> Fetched:
    if response.status not in _OK:
        raise RemoteError(
            f"<{address}> answered with status {response.status}.",
            hint="Ask it directly to see what is wrong.",
        )
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", "x-gzip"}:
        raise RemoteError(f'<{address}> answered in the encoding "{encoding}".')
    inflate = zlib.decompressobj(_GZIP) if encoding != "identity" else None
    body = bytearray()
    while chunk := response.read(_CHUNK):
        body += chunk if inflate is None else inflate.decompress(chunk, policy.max_bytes + 1)
        if len(body) > policy.max_bytes or (inflate is not None and inflate.unconsumed_tail):
            raise LimitError(
                f"<{address}> sent more than {policy.max_bytes:,} bytes.",
                hint="Ask it for less, for example with a LIMIT.",
            )
    _require_time(until)  # a connection that was cut looks like one that ended
    if response.length or (inflate is not None and not inflate.eof):
        raise RemoteError(f"The answer of <{address}> is cut off.")
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return Fetched(bytes(body), media_type, address)
