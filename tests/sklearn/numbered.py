"""The two transformers as scikit-learn's checks can try them: each number of a check stands for a word or an exposure.

The checks draw numbers; the transformers take words of the rule tables, and exposures. All that is added here is which
word or exposure a number stands for. What is checked is the code that ships.
"""

import zlib

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_array

from scrub.pipeline.features import pairs
from scrub.sklearn import CodeEncoder, ScrubTransformer


def pick(words, number):
    """A word for a number: the same for the same, the first for what is no number."""
    return words[int(abs(float(number)) * 997) % len(words) if number == number else 0]


class NumberedEncoder(CodeEncoder):
    """An encoder whose numbers stand for words, column by column."""

    def _name_columns(self, count):
        return [row["feature"] for row in self.rules_["features"].records() if row["kind"] == "category"][:count]

    def _validate(self, X, *, reset):  # noqa: N803
        numbers = super()._validate(X, reset=reset)
        if reset:
            return numbers
        columns = [
            [pick(sorted(pairs(self.rules_, name)), number) for number in numbers[:, i]]
            for i, name in enumerate(self.features_)
        ]
        return np.array(columns, dtype=object).T


class NumberedTransformer(ScrubTransformer):
    """A transformer whose rows of numbers stand for exposures, each of a product of its own."""

    def _read_frame(self, X):  # noqa: N803
        if isinstance(X, pd.DataFrame) and "PROGRAM" in X:
            return X
        numbers = check_array(X, dtype=None, ensure_all_finite=False)
        programs = [zlib.crc32(row.tobytes()) % 10**5 for row in np.asarray(numbers, dtype=float)]
        names = [f"jw{program:05}001001_02101_00001_nis" for program in programs]
        return pd.DataFrame({"exposure": names, "PROGRAM": [name[2:7] for name in names]}).assign(
            OBSERVTN="1", INSTRUME="NIRISS", DETECTOR="NIS", EXP_TYPE="NIS_IMAGE", VISITYPE="PRIME_TARGETED_FIXED",
            FILTER="CLEAR", PUPIL="F200W", SUBARRAY="FULL", TARG_RA=80.0, TARG_DEC=-69.0, CRVAL1=80.0, CRVAL2=-69.0,
            **{f"number{i}": numbers[:, i] for i in range(numbers.shape[1])},
        )  # fmt: skip
