"""HTTP/1.1 as the stand-ins speak it: whole messages as values, so that a test decides about every byte."""

from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes, urlsplit

MAXIMUM_LINE = 65_536


class Unreadable(Exception):
    """What came in is not HTTP that we read."""


@dataclass
class Request:
    """One request; `target` is the path and query exactly as they were sent."""

    method: str
    target: str
    headers: list
    body: bytes = b""

    def header(self, name, default=None):
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return default

    @property
    def path(self):
        return urlsplit(self.target).path

    @property
    def query(self):
        return urlsplit(self.target).query

    @property
    def keeps_alive(self):
        return (self.header("Connection") or "").lower() != "close"

    def environ(self, address):
        """The request as WSGI hands it to an application."""
        environ = {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(self.path).decode("latin-1"),
            "QUERY_STRING": self.query,
            "RAW_URI": self.target,
            "REQUEST_URI": self.target,
            "SERVER_NAME": address[0],
            "SERVER_PORT": str(address[1]),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "CONTENT_LENGTH": str(len(self.body)),
        }
        for name, value in self.headers:
            key = name.upper().replace("-", "_")
            if key == "CONTENT_TYPE":
                environ[key] = value
            elif key != "CONTENT_LENGTH":
                environ["HTTP_" + key] = value
        return environ


@dataclass
class Answer:
    """One answer; `encoded` gives the head and the body as they go over the wire."""

    status: int
    headers: list = field(default_factory=list)
    body: bytes = b""

    def encoded(self):
        lines = [f"HTTP/1.1 {self.status} -"]
        lines += [
            f"{name}: {value}" for name, value in self.headers if name.lower() not in ("content-length", "connection")
        ]
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode("latin-1"), self.body


def read_request(stream):
    """The next request of a connection, or None when it was closed."""
    line = stream.readline(MAXIMUM_LINE)
    if not line:
        return None
    parts = line.decode("latin-1").split()
    if len(parts) != 3:
        raise Unreadable(f"not a request line: {line[:80]!r}")
    headers = []
    while True:
        line = stream.readline(MAXIMUM_LINE)
        if not line:
            raise Unreadable("connection closed inside the headers")
        if line in (b"\r\n", b"\n"):
            break
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise Unreadable(f"not a header: {line[:80]!r}")
        headers.append((name.strip(), value.strip()))
    request = Request(parts[0], parts[1], headers)
    if "chunked" in (request.header("Transfer-Encoding") or "").lower():
        request.body = read_chunks(stream)
    else:
        length = int(request.header("Content-Length") or 0)
        request.body = stream.read(length)
        if len(request.body) < length:
            raise Unreadable("connection closed inside the body")
    return request


def read_chunks(stream):
    body = b""
    while True:
        size = int(stream.readline(MAXIMUM_LINE).split(b";")[0], 16)
        if size == 0:
            while stream.readline(MAXIMUM_LINE) not in (b"\r\n", b"\n", b""):
                pass
            return body
        body += stream.read(size)
        stream.readline(MAXIMUM_LINE)
