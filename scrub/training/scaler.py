"""A power-transform scaler whose parameters are a small table: fitted once, kept as JSON with the stamp of the rules.

Each column is made more even by the transform of Yeo and Johnson, then has the mean 0 and the deviation 1. Needs the
extra ``training`` (scipy).
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from scrub.files import atomic
from scrub.files.table_files import SourceError
from scrub.frames.rejects import write
from scrub.pipeline import stamp
from scrub.pipeline.stamp import Stamp
from scrub.tables import Rules

FORMAT = "skyscrub scaler 1"
_NUMBERS = ("lambda", "mean", "deviation")


class Scaler(NamedTuple):
    """What a scaler learned: a row a column (column, lambda, mean, deviation), and the stamp of the rules."""

    parameters: pd.DataFrame
    stamp: Stamp


def fit_scaler(rules: Rules, features: pd.DataFrame, columns: Sequence[str]) -> Scaler:
    """Return what scales columns of a training set.

    Args:
        rules: the rule set that made the features.
        features: a training set, one row a product.
        columns: those to scale, numbers. Codes stay as they are: they are no quantities.

    Raises:
        ValueError: a column that is not there, holds a cell that is no number, or the same number everywhere.
        ImportError: scipy is not installed.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> frame = pd.DataFrame({"max_offset": [0.0, 1.0, 10.0, 400.0]})
    >>> scaled = scale(rules, fit_scaler(rules, frame, ["max_offset"]), frame)["max_offset"]
    >>> abs(float(scaled.mean())) < 1e-12, round(float(scaled.std(ddof=0)), 6)
    (True, 1.0)
    """
    rows: list[dict[str, Any]] = []
    for column in columns:
        cells = _read_numbers(features, column)
        if len(np.unique(cells)) < 2:
            raise ValueError(f"{column}: the same number everywhere cannot be scaled: leave the column out")
        power = float(_import_stats().yeojohnson_normmax(cells))
        moved = _transform(cells, power)
        rows.append({"column": column, "lambda": power, "mean": float(moved.mean()), "deviation": float(moved.std())})
    return Scaler(pd.DataFrame(rows, columns=["column", *_NUMBERS]), stamp.of(rules, "jwst"))


def scale(rules: Rules, scaler: Scaler, features: pd.DataFrame) -> pd.DataFrame:
    """Return features with the columns of a scaler scaled; the others stay as they are.

    Args:
        rules: the rule set that made the features.
        scaler: fitted, or read from a file.
        features: one row a product.

    Raises:
        StampError: the scaler is of other rules.
        ValueError: a column that is not there, or holds a cell that is no number.
    """
    stamp.demand(rules, None, scaler.stamp)
    scaled = {
        row["column"]: (_transform(_read_numbers(features, row["column"]), row["lambda"]) - row["mean"])
        / row["deviation"]
        for row in scaler.parameters.to_dict("records")
    }
    return features.assign(**scaled)


def write_scaler(scaler: Scaler, path: str | Path) -> Path:
    """Write a scaler as JSON; return the path.

    Args:
        scaler: fitted.
        path: where to, a ``.json`` file.
    """
    content = {
        "format": FORMAT,
        "parameters": scaler.parameters.to_dict("records"),
        "stamp": {name: part if isinstance(part, str) else dict(part) for name, part in scaler.stamp._asdict().items()},
    }
    return atomic.document(content, Path(path))


def read_scaler(path: str | Path) -> Scaler:
    """Return the scaler that ``write_scaler`` wrote.

    Args:
        path: of the file.

    Raises:
        SourceError: it is no such file, or not whole.

    >>> from tempfile import TemporaryDirectory
    >>> from scrub import jwst
    >>> scaler = fit_scaler(jwst.read_rules(), pd.DataFrame({"frac": [0.1, 0.5, 0.2]}), ["frac"])
    >>> with TemporaryDirectory() as folder:
    ...     again = read_scaler(write_scaler(scaler, Path(folder) / "scaler.json"))
    >>> again.parameters.equals(scaler.parameters), again.stamp == scaler.stamp
    (True, True)
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise SourceError(f"{path}: a scaler of the format {FORMAT!r} is required, not {content['format']!r}")
        parameters = pd.DataFrame(content["parameters"], columns=["column", *_NUMBERS])
        own = Scaler(
            parameters.astype({"column": "str", **dict.fromkeys(_NUMBERS, "float64")}), Stamp(**content["stamp"])
        )
    except (ValueError, TypeError, KeyError) as error:
        raise SourceError(f"{path}: no scaler: {error}") from None
    if not (np.isfinite(parameters[list(_NUMBERS)].to_numpy()).all() and (own.parameters["deviation"] > 0).all()):
        raise SourceError(f"{path}: a parameter is no number, or a deviation is not above 0")
    return own


def _read_numbers(features: pd.DataFrame, column: str) -> npt.NDArray[np.float64]:
    """Return a column as finite floats."""
    if column not in features:
        raise ValueError(f"{column}: no such column")
    cells = pd.to_numeric(features[column], errors="coerce").to_numpy(dtype="float64", na_value=np.nan)
    if not np.isfinite(cells).all():
        bad = np.flatnonzero(~np.isfinite(cells))
        name = features.index[bad[0]]
        raise ValueError(f"{column}: the cell of {name} is no number: {write(features[column].iloc[bad[0]])!r}")
    return cells


def _transform(cells: npt.NDArray[np.float64], power: float) -> npt.NDArray[np.float64]:
    """Return cells by the transform of Yeo and Johnson."""
    moved: npt.NDArray[np.float64] = np.asarray(_import_stats().yeojohnson(cells, power), dtype="float64")
    return moved


def _import_stats() -> Any:
    try:
        from scipy import stats
    except ImportError:
        raise ImportError("a scaler needs scipy: pip install 'skyscrub[training]'") from None
    return stats
