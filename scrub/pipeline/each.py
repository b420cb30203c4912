"""A map over the parts of a run: a function is called for each of them, here or on other computers."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from scrub.files.table_files import Track, untracked

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")


class Each(Protocol):
    """A way to call a function for each of many things, with what all calls share."""

    def __call__(self, function: Callable[[S, T], R], shared: S, things: Sequence[T], /, *, desc: str) -> Iterator[R]:
        """Yield what the function returns for each thing, in the order of the things.

        Calls may begin before the first result is asked for.
        """


def map_here(
    function: Callable[[S, T], R], shared: S, things: Sequence[T], /, *, desc: str, track: Track = untracked
) -> Iterator[R]:
    """Yield what a function returns for each thing, one after another, in this process.

    Args:
        function: called with what is shared, and a thing.
        shared: what all calls have.
        things: of each call.
        desc: what is done, for progress.
        track: wraps the iteration, to show progress.

    >>> list(map_here(lambda one, other: one + other, 1, [2, 3], desc="sums"))
    [3, 4]
    """
    return (function(shared, thing) for thing in track(things, total=len(things), desc=desc))
