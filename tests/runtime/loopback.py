"""A server on this machine that does what a test tells it, byte by byte."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Script = Callable[["Loopback", socket.socket], None]


class Loopback:
    """Serve one connection per script, in order, and keep the requests that arrived."""

    def __init__(self, *scripts: Script) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.released = threading.Event()
        self._scripts = scripts
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def url(self, target: str = "/", scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{target}"

    def __enter__(self) -> Loopback:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.released.set()
        # Wakes `accept` up on every platform; closing the socket alone does not.
        with socket.socket() as waker:
            waker.connect_ex(("127.0.0.1", self.port))
        self._thread.join(timeout=10)
        self._listener.close()

    def _serve(self) -> None:
        for script in self._scripts:
            connection, _ = self._listener.accept()
            if self.released.is_set():
                connection.close()
                return
            self.connections += 1
            with connection:
                connection.settimeout(10)
                try:
                    script(self, connection)
                except OSError:
                    continue
        # One more connection can only be the waker's, or a request that was repeated.
        connection, _ = self._listener.accept()
        connection.close()
        self.connections += not self.released.is_set()


def read_request(connection: socket.socket) -> bytes:
    """Read one request, its body included."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    while len(body) < sum(lengths):
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(body: bytes = b"{}", *, status: str = "200 OK", headers: tuple[str, ...] = ()) -> Script:
    """Read a request and answer it whole."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def send(raw: bytes) -> Script:
    """Read a request, write these bytes and close."""

    def script(server: Loopback, connection: socket.socket) -> None:
        server.requests.append(read_request(connection))
        connection.sendall(raw)

    return script


def drip(start: bytes) -> Script:
    """Read a request, then write one byte at a time for as long as anybody listens."""

    def script(server: Loopback, connection: socket.socket) -> None:
        server.requests.append(read_request(connection))
        connection.sendall(start)
        while not server.released.wait(0.02):
            connection.sendall(b"1")

    return script


def twice(first: Script, second: Script) -> Script:
    """Follow two scripts on one connection."""

    def script(server: Loopback, connection: socket.socket) -> None:
        first(server, connection)
        second(server, connection)

    return script


def stay_silent(server: Loopback, connection: socket.socket) -> None:
    """Read a request and never answer."""
    server.requests.append(read_request(connection))
    server.released.wait(10)


def reset(server: Loopback, connection: socket.socket) -> None:
    """Read a request, then break the connection."""
    server.requests.append(read_request(connection))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(server: Loopback, connection: socket.socket) -> None:
    """Read whatever comes first and close."""
    connection.recv(65536)


def babble(server: Loopback, connection: socket.socket) -> None:
    """Answer a TLS greeting with something that is not TLS."""
    connection.recv(65536)
    connection.sendall(b"this is not a TLS server\r\n")


def over_tls(context: ssl.SSLContext, script: Script) -> Script:
    """Do the TLS handshake, then follow another script."""

    def wrapped(server: Loopback, connection: socket.socket) -> None:
        with context.wrap_socket(connection.dup(), server_side=True) as secured:
            script(server, secured)

    return wrapped


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate for 127.0.0.1; return its authority's and a server context with it."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("authority", authority_key, "authority", authority_key)
    key = ec.generate_private_key(ec.SECP256R1())
    public = folder / "ca.pem"
    public.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    private = folder / "key.pem"
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + _certificate("loopback", key, "authority", authority_key).public_bytes(
            serialization.Encoding.PEM
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(private)
    return public, context


def _certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    is_authority = subject == issuer
    return (
        x509.CertificateBuilder()
        .subject_name(_named(subject))
        .issuer_name(_named(issuer))
        .public_key(key.public_key())
        .serial_number(1 if is_authority else 2)
        .not_valid_before(start)
        .not_valid_after(start.replace(year=2120))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
