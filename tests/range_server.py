"""A web server on this machine that sends parts of files, counts what it sends, and fails where it is told to."""

import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import sleep
from urllib.parse import unquote, urlsplit


class Server(ThreadingHTTPServer):
    """What is in a folder; ``faults`` has, for a name, what happens to each request for it, one after the other."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.faults = folder, dict[str, list[str]]()
        self.requests, self.bytes, self.queries = Counter[str](), Counter[str](), list[str]()
        self.has_ranges, self.slow, self.together, self.most_together = True, 3.0, 0, 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address) -> None:
        """A client that leaves is no error of the server."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path = self.server.folder / unquote(parts.path).strip("/")
        with self.server.lock:
            self.server.requests[path.name] += 1
            self.server.queries.append(parts.query)
            self.server.together += 1
            self.server.most_together = max(self.server.most_together, self.server.together)
            left = self.server.faults.get(path.name, [])
            fault = left.pop(0) if left else ""
        try:
            self.answer(path, fault)
        finally:
            with self.server.lock:
                self.server.together -= 1

    def answer(self, path: Path, fault: str) -> None:
        if fault.isdigit():
            self.send_plain(int(fault), b"secret words of a server")
        elif fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            self.connection.close()
        elif fault == "redirect":
            self.send_response(302)
            self.send_header("Location", self.path)
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif path.is_dir():
            links = "".join(f'<a href="{one.name}{"/" * one.is_dir()}">x</a>\n' for one in sorted(path.iterdir()))
            self.send_plain(200, f'<a href="../">up</a> <a href="?C=N;O=D">sort</a>{links}'.encode(), "text/html")
        elif not path.is_file():
            self.send_plain(404, b"no such file")
        else:
            self.send_file(path, fault)

    def send_plain(self, status: int, body: bytes, kind: str = "text/plain") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_file(self, path: Path, fault: str) -> None:
        size = path.stat().st_size
        wanted = re.fullmatch(r"bytes=([0-9]+)-([0-9]+)", self.headers.get("Range", ""))
        start, stop = (
            (int(wanted[1]), min(int(wanted[2]) + 1, size)) if wanted and self.server.has_ranges else (0, size)
        )
        if start >= size and wanted and self.server.has_ranges:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if fault == "slow":
            sleep(self.server.slow)
        with path.open("rb") as stream:
            stream.seek(start)
            body = stream.read(stop - start)
        if fault == "short":
            body = body[:100]
        self.send_response(206 if wanted and self.server.has_ranges else 200)
        if wanted and self.server.has_ranges:
            first = start + 1 if fault == "other part" else start
            self.send_header("Content-Range", f"bytes {first}-{stop - 1}/{size}")
        self.send_header("Content-Length", str(stop - start if fault == "torn" else len(body)))
        self.end_headers()
        sent = body[:100] if fault == "torn" else body
        for at in range(0, len(sent), 2**16):
            self.wfile.write(sent[at : at + 2**16])
            with self.server.lock:
                self.server.bytes[path.name] += len(sent[at : at + 2**16])
        if fault == "torn":
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        """Nothing is printed."""


@contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """Give a server of a folder."""
    server = Server(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
