"""The older class for missing values: it fills them by the kind of their column."""

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from scrub import jwst
from scrub.frames.cells import flag, number, text
from scrub.tables import words

_MISSING = "NONE"


class NaNdler:
    """Missing values of a frame, filled by the kind of their column; the frame that was given stays as it is.

    ``dtype_cols`` names the columns of each kind: continuous, discrete, boolean, special_bools, categorical. The
    spellings of missing, true and false are those of the rule set ``jwst``.
    """

    def __init__(
        self,
        df: pd.DataFrame,
        dtype_cols: Mapping[str, Sequence[str]],
        allow_neg: bool = False,
        verbose: bool = False,
    ) -> None:
        self.df = df
        self.dtype_cols = dtype_cols
        self.allow_neg = allow_neg
        self.verbose = verbose
        self._words = words(jwst.read_rules())

    def continuous_nandler(self) -> None:
        """Make text a number; what is none is 0."""
        self._fill("continuous", lambda cells: number(self._words, cells).values.fillna(0.0))

    def discrete_nandler(self, nanval: float = 0.0) -> None:
        """Give missing cells a number: ``nanval``, or -1 where ``allow_neg`` and 0 is in the column."""
        self._fill("discrete", lambda cells: cells.fillna(-1.0 if self.allow_neg and cells.eq(0).any() else nanval))

    def categorical_nandler(self) -> None:
        """Give missing words, whatever their spelling, the word NONE."""
        self._fill("categorical", lambda cells: text(self._words, cells).fillna(_MISSING))

    def boolean_nandler(self, replace: bool = True) -> None:
        """Write 1 for true, 0 for everything else; of ``special_bools``, 1 for everything that is there.

        Args:
            replace: whether the codes take the place of the column; else they stand beside it, as ``NAME_enc``.
        """
        end = "" if replace else "_enc"
        self._fill("boolean", lambda cells: flag(self._words, cells).values.astype("int64"), end)
        self._fill("special_bools", lambda cells: cells.notna().astype("int64"), end)

    def apply_nandlers(self) -> pd.DataFrame:
        """Fill the columns of every kind; return the frame."""
        for fill in (self.continuous_nandler, self.discrete_nandler, self.categorical_nandler, self.boolean_nandler):
            fill()
        return self.df

    def _fill(self, kind: str, fill: Callable[[pd.Series], pd.Series], end: str = "") -> None:
        names = [name for name in self.dtype_cols.get(kind) or () if name in self.df]
        self.df = self.df.assign(**{f"{name}{end}": fill(self.df[name]) for name in names})
