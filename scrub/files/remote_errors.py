"""What goes wrong with files far away: which errors pass, and a sentence for each, without a word of the URL."""

from collections.abc import Callable
from threading import Event
from typing import NamedTuple, TypeVar

from scrub.files.cards import HeaderError

T = TypeVar("T")
WAITS = (0.5, 1.0, 2.0)  # seconds before an error that passes is asked again
LIMIT = 30.0  # seconds for one answer
_PASSING = {408, 425, 429}  # and all from 500 on
_KINDS = (
    ({"FileNotFoundError"}, "not there", False),
    ({"PermissionError", "NoCredentialsError"}, "forbidden", False),
    ({"TimeoutError", "ReadTimeoutError", "ConnectTimeoutError"}, f"no answer within {LIMIT:.0f} s", True),
    ({"EOFError", "ClientPayloadError", "IncompleteReadError", "ResponseStreamingError"}, "a short read", True),
    ({"ConnectionError", "ClientConnectionError", "HTTPClientError"}, "the connection failed", True),
)  # fmt: skip


class Failure(NamedTuple):
    """Why something could not be read, and whether it may be there when it is asked for again."""

    reason: str
    passes: bool


def name_failure(error: BaseException) -> Failure:
    """Return what went wrong, as a sentence that has no part of the URL.

    Args:
        error: of fsspec or of a library under it.

    >>> name_failure(FileNotFoundError("https://host/a?key=secret")), name_failure(ConnectionResetError())
    (Failure(reason='not there', passes=False), Failure(reason='the connection failed', passes=True))
    """
    status = _find_status(error)
    names = {kind.__name__ for one in (error, error.__cause__) if one is not None for kind in type(one).__mro__}
    code = f" ({status})" if status else ""
    if status in (404, 410):
        return Failure(f"not there{code}", False)
    if status in (401, 403):
        return Failure(f"forbidden{code}", False)
    if status:
        passes = status >= 500 or status in _PASSING
        return Failure(f"the server failed{code}" if passes else f"the server refused{code}", passes)
    for kinds, reason, passes in _KINDS:
        if kinds & names:
            return Failure(reason, passes)
    return Failure(f"cannot be read: {type(error).__name__}", False)


def _find_status(error: BaseException) -> int:
    """Return the HTTP status that an error is of; 0 where it is of none."""
    for one in (error, error.__cause__):
        response = getattr(one, "response", None)
        if isinstance(response, dict):
            return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        status = getattr(one, "status", None)
        if isinstance(status, int):
            return status
    return 0


def persist(ask: Callable[[], T], errors: tuple[type[BaseException], ...], stopped: Event) -> T:
    """Return what is asked for; where an error passes, ask again after a while, each time a longer one.

    Args:
        ask: asks once.
        errors: those that it may raise.
        stopped: set where nobody waits for the answer any more: then nothing is asked again.

    Raises:
        HeaderError: it cannot be had: why, and how often it was asked for.

    >>> persist(lambda: 1, (OSError,), Event())
    1
    """
    waits = [*WAITS]
    while True:
        try:
            return ask()
        except errors as error:
            failure = name_failure(error)
        if not failure.passes:
            raise HeaderError(failure.reason)
        if not waits:
            raise HeaderError(f"{failure.reason}, {len(WAITS) + 1} times")
        if stopped.wait(waits.pop(0)):
            raise HeaderError("interrupted")
