"""A store that talks as S3 does (moto), on this machine: it counts what it sends, and fails where it is told to."""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

server = pytest.importorskip("moto.server", reason="the extra s3-test")
serving = pytest.importorskip("werkzeug.serving", reason="the extra s3-test")


class Store:
    """``faults`` has, for a name, the status of each request for it, one after the other; ``bytes`` what was sent."""

    def __init__(self) -> None:
        self.moto = server.DomainDispatcherApplication(server.create_backend_app)
        self.faults, self.requests, self.bytes = dict[str, list[int]](), Counter[str](), Counter[str]()
        self.signed: list[bool] = []
        self.url = ""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        name = environ["PATH_INFO"].rpartition("/")[2]
        self.requests[name] += 1
        self.signed.append("HTTP_AUTHORIZATION" in environ)
        if environ["REQUEST_METHOD"] != "PUT" and (left := self.faults.get(name)):
            start_response(f"{left.pop(0)} fault", [("Content-Length", "0")])
            return [b""]
        body = list(self.moto(environ, start_response))
        self.bytes[name] += sum(map(len, body))
        return body


@contextmanager
def serve() -> Iterator[Store]:
    """Give a store without buckets."""
    store = Store()
    server = serving.make_server("127.0.0.1", 0, store, threaded=True)
    store.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield store
    finally:
        server.shutdown()
        server.server_close()
