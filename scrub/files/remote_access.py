"""Ways to files far away: a file system for each protocol, and many questions at once.

The extra ``remote`` is loaded here, and only when a URL is first opened.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any, NamedTuple, TypeVar

from scrub.files.cards import HeaderError
from scrub.files.remote_errors import LIMIT
from scrub.files.table_files import SourceError

T = TypeVar("T")
AT_ONCE = 16  # files that are read at the same time
LISTING = 600.0  # seconds for one page of a listing
NEEDS = "URLs need the extra: pip install 'skyscrub[remote]'"


class Access(NamedTuple):
    """A way to files of one protocol: the file system, the errors it may raise, and whether nobody is logged in.

    ``stopped`` is set where a run is interrupted: then nothing is asked again.
    """

    fs: Any
    errors: tuple[type[BaseException], ...]
    is_anonymous: bool
    stopped: Event


def connect(protocol: str) -> Access:
    """Return a way to the files of a protocol. S3 is asked without a login where there are no credentials.

    Args:
        protocol: one of ``urls.PROTOCOLS``.

    Raises:
        SourceError: the extra is not installed.

    >>> connect("memory").is_anonymous
    True
    """
    errors: list[type[BaseException]] = [OSError, EOFError]
    options: dict[str, Any] = {"skip_instance_cache": True, "use_listings_cache": False}
    anonymous = True
    try:
        import fsspec

        if protocol in ("http", "https"):
            import aiohttp

            errors.append(aiohttp.ClientError)
            limit = aiohttp.ClientTimeout(total=LISTING)
            options["client_kwargs"] = {"timeout": limit, "auto_decompress": False}
            options["headers"] = {"Accept-Encoding": "identity"}
        elif protocol == "s3":
            from botocore import exceptions, session

            errors += [exceptions.BotoCoreError, exceptions.ClientError]
            anonymous = session.Session().get_credentials() is None
            limits = {"connect_timeout": LIMIT, "read_timeout": LIMIT, "retries": {"total_max_attempts": 1}}
            options |= {"anon": anonymous, "config_kwargs": limits}
        fs = fsspec.filesystem(protocol, **options)
    except ImportError:
        raise SourceError(NEEDS) from None
    if protocol == "s3":
        fs.retries = 1  # ``persist`` asks again, for every protocol alike
    return Access(fs, tuple(errors), anonymous, Event())


def map_many(function: Callable[[str], T], items: Sequence[str], accesses: Collection[Access]) -> Iterator[T]:
    """Yield what a function gives for each item, in their order; many are asked for at once.

    Args:
        function: asks for one.
        items: the items.
        accesses: those that are asked; where the caller is interrupted, they ask nothing again.

    >>> list(map_many(str.upper, ["a", "b"], []))
    ['A', 'B']
    """
    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        yield from pool.map(function, items)
    except KeyboardInterrupt:
        for access in accesses:
            access.stopped.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def explain(error: HeaderError, access: Access) -> str:
    """Return why a file could not be read; where nobody is logged in, what was forbidden may be allowed to others.

    Args:
        error: of reading it.
        access: how it was asked for.
    """
    asked_s3 = access.is_anonymous and "s3" in access.fs.protocol
    return f"{error.reason}, asked without credentials" if asked_s3 and "forbidden" in error.reason else error.reason
