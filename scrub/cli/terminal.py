"""The terminal: lines are printed so that it can show them and is not steered by them; nobody need read them."""

import argparse
import json
import os
import sys
from typing import Any, NoReturn, TextIO

from scrub.frames.printable import escape

_MOST = 500  # characters of a name or a value in a finding


def show(*lines: object, file: TextIO | None = None) -> None:
    r"""Print lines, to stdout unless another stream is given.

    A control character, or one that the stream cannot hold, is printed as ``\u001b``: cells, names of files and
    arguments may have any. A reader that has gone (``| head``) is no error.

    Args:
        *lines: what to print, each on a line of its own.
        file: a text stream.

    >>> show("NGC\x1b[31m 104", "two\nlines")
    NGC\u001b[31m 104
    two\u000alines
    """
    stream = sys.stdout if file is None else file
    if stream is not None:  # a program without a terminal may have none
        encoding = getattr(stream, "encoding", None) or "utf-8"
        _guard(stream, lambda: stream.write("".join(f"{escape(str(line), encoding)}\n" for line in lines)))


def show_json(content: Any, *, ensure_ascii: bool = True) -> None:
    r"""Print a document as JSON, as ``show`` does.

    Args:
        content: what JSON can hold.
        ensure_ascii: whether other letters are written as ``\uXXXX``.

    >>> show_json({"rules": "jwst"})
    {
      "rules": "jwst"
    }
    """
    show(*json.dumps(content, indent=2, ensure_ascii=ensure_ascii).split("\n"))


def show_error(*lines: object) -> None:
    """Print lines to stderr, as ``show`` does."""
    show(*lines, file=sys.stderr)


def show_warning(message: Warning | str, *_: Any, **__: Any) -> None:
    """Print a warning to stderr: it takes the place of ``warnings.showwarning``."""
    show_error(*f"skyscrub: warning: {message}".split("\n"))


def shorten(text: str) -> str:
    """Return a text as a finding shows it: a very long name or value is cut.

    >>> shorten("PUPIL"), len(shorten("PUPIL" * 1000))
    ('PUPIL', 503)
    """
    return text if len(text) <= _MOST else f"{text[:_MOST]}..."


def flush() -> None:
    """Write out what was printed; where nobody reads any more, it is dropped."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.closed:
            _guard(stream, stream.flush)


def _guard(stream: TextIO, write: Any) -> None:
    """Call what writes to a stream; one that takes nothing is closed off, so that the end of Python is quiet.

    Raises:
        OSError: it cannot be written, for another reason than a reader that has gone.
    """
    try:
        write()
    except OSError as error:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
        if not isinstance(error, BrokenPipeError):
            raise


class Parser(argparse.ArgumentParser):
    """A parser of arguments whose errors are printed as ``show`` prints."""

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End the program with a message."""
        if message:
            show_error(*message.rstrip("\n").split("\n"))
        sys.exit(status)


def complete(parser: argparse.ArgumentParser) -> None:
    """Answer a shell that asks how a command line may go on, and end; nothing without the extra ``completion``."""
    try:
        import argcomplete
    except ImportError:
        return
    argcomplete.autocomplete(parser)
