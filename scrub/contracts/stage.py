"""Stages: steps from one contract to the next, called on their own or as a chain that sets bad rows aside."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial, update_wrapper
from typing import Any, NamedTuple, TypeVar

import pandas as pd

from scrub.contracts.contracts import Contract, check, read, sentence, split
from scrub.contracts.parse import ContractError
from scrub.contracts.quick import columns_surely_keep
from scrub.frames.arrays import Columns, make_frame, read_frame
from scrub.frames.rejects import NONE_REJECTED, Split, SplitColumns, join

Rows = TypeVar("Rows", pd.DataFrame, Columns)
ReadColumns = Callable[[pd.DataFrame], Columns]


class Stage:
    """A step from one contract to the next. Called, it returns a frame or raises; ``split`` sets bad rows aside.

    ``before`` says what makes a frame fit the first step of a pipeline; blank for the others. ``columns`` reads the
    columns of a frame (``frames.arrays``) for a function that takes and gives columns; it is None for one of frames.
    """

    def __init__(
        self, accepts: str, returns: str, function: Callable[..., Any], *, before: str, columns: ReadColumns | None
    ) -> None:
        self.accepts, self.returns, self.before, self.function = accepts, returns, before, function
        self.columns = columns
        update_wrapper(self, function)

    def __reduce__(self) -> str:
        """Return the name by which a pickle finds the stage again: that of the function, which it stands for."""
        return self.function.__qualname__

    def __call__(self, rules: Any, frame: pd.DataFrame, **options: Any) -> pd.DataFrame:
        """Return the next frame.

        Raises:
            ContractError: a row breaks the contract of either side, or the step cannot use it; or the frame has other
                columns, and then the message says what to call before.
        """
        try:
            check(read(self.accepts, rules.lists), frame)
        except ContractError as error:
            if self.before and error.rejected.empty:
                raise ContractError(f"{error}; for a table as it was read, call {self.before} first") from None
            raise
        good, rejected = self.split(rules, frame, **options)
        if len(rejected):
            raise ContractError(sentence(self.returns, rejected), rejected)
        return good

    def apply(self, rules: Any, rows: Any, **options: Any) -> Any:
        """Return what the function of the stage makes of rows, no contract asked: see ``bind``.

        A pickle finds this method by the name of the stage; the function itself has none of its own.
        """
        return self.function(rules, rows, **options)

    def split(self, rules: Any, frame: pd.DataFrame, **options: Any) -> Split:
        """Return the next frame and the rows that were set aside, for a frame that keeps its contract.

        Args:
            rules: a rule set: anything with closed lists (``lists``).
            frame: under the contract that the stage accepts.
            **options: of the stage.
        """
        good, rejected = self.apply(rules, self.columns(frame) if self.columns else frame, **options)
        kept, broken = split(read(self.returns, rules.lists), make_frame(good) if self.columns else good)
        return Split(kept, join([rejected, broken]))


def stage(
    accepts: str, returns: str, *, before: str = "", columns: ReadColumns | None = None
) -> Callable[[Callable[..., Any]], Stage]:
    """Declare a step: the contract of the frame it takes and of the frame it gives.

    Args:
        accepts: the contract of the frame it takes.
        returns: the contract of the frame it gives.
        before: what makes a frame fit, for the message of the first step of a pipeline.
        columns: reads the columns of a frame for a function that takes and gives columns, and no frames.
    """
    return partial(Stage, accepts, returns, before=before, columns=columns)


def chain(
    steps: Sequence["partial[pd.DataFrame]"], frame: pd.DataFrame, *, track: Callable[..., Iterable[Any]]
) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    """Return the frame after each step, and all rows that were set aside; each boundary is checked once.

    Args:
        steps: stages with their rules and options, as a pipeline's ``steps`` gives them.
        frame: what the first step takes.
        track: wraps the iteration over steps, to show progress.
    """
    bound = bind(steps)
    if bound[0].columns is None:
        return follow(bound, frame, track=track)
    parts, aside = follow(bound, bound[0].columns(frame), track=track)
    return [make_frame(columns) for columns in parts], aside


def split_columns(contract: Contract, columns: Columns) -> SplitColumns:
    """Return what ``split`` does, for the columns of a frame.

    Args:
        contract: what the rows must keep.
        columns: arrays of one length, words as ``frames.arrays`` has them; the first names the rows.

    Raises:
        ContractError: as for ``split``.

    >>> from scrub.frames.arrays import make_words
    >>> contract = read("rules/table", {"edition": ["", "1"]})
    >>> row = {"rule": "t.csv:2", "since": "", "until": "7", "source": "a page", "note": ""}
    >>> split_columns(contract, {name: make_words([word]) for name, word in row.items()}).rejected["value"].tolist()
    ['7']
    """
    if contract.look is not None and columns_surely_keep(contract.look, columns):
        return SplitColumns(columns, NONE_REJECTED)
    good, rejected = split(contract, make_frame(columns))
    return SplitColumns(read_frame(good), rejected)


class Bound(NamedTuple):
    """A step with its rules and options, and the contracts of both its sides, read; it takes and gives rows.

    Rows are columns for a stage that reads them (``columns``), a frame for any other.
    """

    accepts: Contract
    returns: Contract
    apply: Callable[[Any], tuple[Any, pd.DataFrame]]
    columns: ReadColumns | None


def bind(steps: Sequence["partial[pd.DataFrame]"]) -> tuple[Bound, ...]:
    """Return steps with their contracts, as ``follow`` takes them: whoever keeps them reads no contract again.

    Args:
        steps: stages with their rules and options, as a pipeline's ``steps`` gives them; all on columns, or none.

    >>> from scrub import hst_cal
    >>> [step.returns.name for step in bind(hst_cal.steps(hst_cal.read_rules()))]
    ['hst_cal/datasets', 'hst_cal/features']
    """
    bound = []
    for step in steps:
        stage_, rules = step.func, step.args[0]
        assert isinstance(stage_, Stage)  # noqa: S101
        accepts, returns = (read(name, rules.lists) for name in (stage_.accepts, stage_.returns))
        bound.append(Bound(accepts, returns, partial(stage_.apply, rules, **step.keywords), stage_.columns))
    return tuple(bound)


def follow(
    steps: Sequence[Bound], rows: Rows, *, track: Callable[..., Iterable[Any]]
) -> tuple[list[Rows], pd.DataFrame]:
    """Return what ``chain`` does, of steps that are bound to their contracts, for rows as the steps take them.

    Args:
        steps: as ``bind`` gives them.
        rows: what the first step takes: columns for stages on columns, else a frame.
        track: wraps the iteration over steps, to show progress.
    """
    sift: Callable[..., Any] = split_columns if steps[0].columns else split
    rows, rejected = sift(steps[0].accepts, rows)
    parts, aside = list[Rows](), [rejected]
    for step in track(steps, total=len(steps), desc="stages"):
        good, rejected = step.apply(rows)
        rows, broken = sift(step.returns, good)
        parts.append(rows)
        aside += [rejected, broken]
    return parts, join(aside)
