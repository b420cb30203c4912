"""Marks: the stamp of a run on each of its frames, in ``frame.attrs``, and a warning where other rules made a frame.

pandas hands attributes on to what it makes of a frame, where it can, and writes them to Parquet. A mark is text, so
copies of it cost nothing.
"""

import warnings
from typing import Any, TypeVar

import pandas as pd

from scrub.files.formulas import KEY
from scrub.pipeline import stamp
from scrub.pipeline.stamp import Stamp, StampError
from scrub.tables import Rules

_SHOWN = 5  # differences, in a warning
T = TypeVar("T", bound=tuple[Any, ...])


class OtherRulesWarning(UserWarning):
    """A frame that other rules made than those it is used with."""


def mark(answer: T) -> T:
    """Return what a run gave with its stamp on each frame.

    Args:
        answer: a NamedTuple of frames, mappings of frames, and the ledger.

    >>> from scrub import hst_cal
    >>> answer = hst_cal.run(hst_cal.example(hst_cal.read_rules()))
    >>> read_mark(answer.features.head(1)).edition
    '1'
    """
    return mark_with(answer, stamp.write(answer.ledger))  # type: ignore[attr-defined]


def mark_with(answer: T, text: str) -> T:
    """Return what a run gave with a stamp on each frame.

    Args:
        answer: a NamedTuple of frames and mappings of frames.
        text: the stamp, as ``stamp.write`` gives it.
    """
    return type(answer)(*(_mark_part(part, text) for part in answer))


def _mark_part(part: Any, text: str) -> Any:
    if isinstance(part, pd.DataFrame):
        marked = part.copy(deep=False)
        marked.attrs = {**part.attrs, KEY: text}
        return marked
    if isinstance(part, dict) and all(isinstance(frame, pd.DataFrame) for frame in part.values()):
        return {name: _mark_part(frame, text) for name, frame in part.items()}
    return part


def read_mark(frame: pd.DataFrame) -> Stamp | None:
    """Return the stamp of the run that made a frame; None where the frame has none.

    Args:
        frame: any frame.

    Raises:
        StampError: a stamp that is not whole.

    >>> read_mark(pd.DataFrame()) is None
    True
    """
    text = frame.attrs.get(KEY)
    return None if text is None else stamp.parse("the frame", str(text))


def warn_of_others(rules: Rules, frame: object) -> None:
    """Warn of a frame that other rules made, or whose stamp is not whole; what has no stamp passes.

    Args:
        rules: the rules at hand.
        frame: what they are to be used with.

    Warns:
        OtherRulesWarning: with what differs, the first few.

    >>> from scrub import jwst
    >>> features = jwst.run(jwst.example(jwst.read_rules()), edition=1).features["image"]
    >>> with warnings.catch_warnings(record=True, action="always") as seen:
    ...     warn_of_others(jwst.read_rules(edition=3), features)
    >>> str(seen[0].message).partition(";")[0]
    'other rules made this frame: edition 1, here 3'
    """
    if not isinstance(frame, pd.DataFrame):
        return
    try:
        one = read_mark(frame)
        if one is not None:
            stamp.demand(rules, None, one)
    except StampError as error:
        shown, more = error.differences[:_SHOWN], len(error.differences) - _SHOWN
        lines = "; ".join([*shown, *([f"and {more} more"] if more > 0 else [])])
        warnings.warn(f"other rules made this frame: {lines}", OtherRulesWarning, stacklevel=3)
