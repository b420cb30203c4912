"""Stages: steps from one contract to the next, called on their own or as a chain that sets bad rows aside."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial, update_wrapper
from typing import Any, NamedTuple

import pandas as pd

from scrub.contracts.contracts import Contract, check, read, sentence, split
from scrub.contracts.parse import ContractError
from scrub.frames.rejects import Split, join


class Stage:
    """A step from one contract to the next. Called, it returns a frame or raises; ``split`` sets bad rows aside.

    ``before`` says what makes a frame fit the first step of a pipeline; blank for the others.
    """

    def __init__(self, accepts: str, returns: str, before: str, function: Callable[..., Split]) -> None:
        self.accepts, self.returns, self.before, self.function = accepts, returns, before, function
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

    def apply(self, rules: Any, frame: pd.DataFrame, **options: Any) -> Split:
        """Return what the function of the stage makes of a frame, no contract asked: see ``bind``.

        A pickle finds this method by the name of the stage; the function itself has none of its own.
        """
        return self.function(rules, frame, **options)

    def split(self, rules: Any, frame: pd.DataFrame, **options: Any) -> Split:
        """Return the next frame and the rows that were set aside, for a frame that keeps its contract.

        Args:
            rules: a rule set: anything with closed lists (``lists``).
            frame: under the contract that the stage accepts.
            **options: of the stage.
        """
        good, rejected = self.apply(rules, frame, **options)
        kept, broken = split(read(self.returns, rules.lists), good)
        return Split(kept, join([rejected, broken]))


def stage(accepts: str, returns: str, *, before: str = "") -> Callable[[Callable[..., Split]], Stage]:
    """Declare a step: the contract of the frame it takes and of the frame it gives.

    Args:
        accepts: the contract of the frame it takes.
        returns: the contract of the frame it gives.
        before: what makes a frame fit, for the message of the first step of a pipeline.
    """
    return partial(Stage, accepts, returns, before)


def chain(
    steps: Sequence["partial[pd.DataFrame]"], frame: pd.DataFrame, *, track: Callable[..., Iterable[Any]]
) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    """Return the frame after each step, and all rows that were set aside; each boundary is checked once.

    Args:
        steps: stages with their rules and options, as a pipeline's ``steps`` gives them.
        frame: what the first step takes.
        track: wraps the iteration over steps, to show progress.
    """
    return follow(bind(steps), frame, track=track)


class Bound(NamedTuple):
    """A step with its rules and options, and the contracts of both its sides, read."""

    accepts: Contract
    returns: Contract
    apply: Callable[[pd.DataFrame], Split]


def bind(steps: Sequence["partial[pd.DataFrame]"]) -> tuple[Bound, ...]:
    """Return steps with their contracts, as ``follow`` takes them: whoever keeps them reads no contract again.

    Args:
        steps: stages with their rules and options, as a pipeline's ``steps`` gives them.

    >>> from scrub import hst_cal
    >>> [step.returns.name for step in bind(hst_cal.steps(hst_cal.read_rules()))]
    ['hst_cal/datasets', 'hst_cal/features']
    """
    bound = []
    for step in steps:
        stage_, rules = step.func, step.args[0]
        assert isinstance(stage_, Stage)  # noqa: S101
        accepts, returns = (read(name, rules.lists) for name in (stage_.accepts, stage_.returns))
        bound.append(Bound(accepts, returns, partial(stage_.apply, rules, **step.keywords)))
    return tuple(bound)


def follow(
    steps: Sequence[Bound], frame: pd.DataFrame, *, track: Callable[..., Iterable[Any]]
) -> tuple[list[pd.DataFrame], pd.DataFrame]:
    """Return what ``chain`` does, of steps that are bound to their contracts.

    Args:
        steps: as ``bind`` gives them.
        frame: what the first step takes.
        track: wraps the iteration over steps, to show progress.
    """
    frame, rejected = split(steps[0].accepts, frame)
    frames, aside = list[pd.DataFrame](), [rejected]
    for step in track(steps, total=len(steps), desc="stages"):
        good, rejected = step.apply(frame)
        frame, broken = split(step.returns, good)
        frames.append(frame)
        aside += [rejected, broken]
    return frames, join(aside)
