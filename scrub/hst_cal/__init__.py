"""HST calibration: one row a data set in; the nine features of its calibration cost out.

>>> from functools import partial
>>> from toolz import pipe
>>> from scrub import hst_cal
>>> rules = hst_cal.read_rules()
>>> [step.func.__name__ for step in hst_cal.steps(rules)]
['datasets', 'features']
>>> pipe(hst_cal.example(rules), *hst_cal.steps(rules)).iloc[0, 1:].tolist()
[61, 1237, 1, 1, 2, 0, 1, 1, 0]

Called so, a step raises on a bad row; ``run`` sets bad rows aside and accounts for every one.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub import tables
from scrub.contracts import ledger
from scrub.contracts.stage import chain, stage
from scrub.files import fits_headers
from scrub.files.table_files import SourceError, read_table, untracked
from scrub.frames import columns, rejects
from scrub.frames.cells import Parsed, Words, count, flag, number, text
from scrub.frames.encode import HandleUnknown
from scrub.frames.rejects import Fault, Split, set_aside
from scrub.pipeline import stamp
from scrub.pipeline.dataset_names import named, names
from scrub.pipeline.features import coded, ordered
from scrub.tables import Rules

__all__ = [
    "Answer", "Source", "datasets", "example", "features", "from_files", "from_table", "load", "read_rules", "run",
    "steps",
]  # fmt: skip

_INPUTS, _DATASETS, _FEATURES = "hst_cal/inputs", "hst_cal/datasets", "hst_cal/features"


class Answer(NamedTuple):
    """The frames of a run, and its ledger."""

    datasets: pd.DataFrame
    features: pd.DataFrame
    rejected: pd.DataFrame
    ledger: ledger.Ledger


class Source(NamedTuple):
    """Data sets as they were read, what could not be, and how many files and data sets there were."""

    inputs: pd.DataFrame
    rejected: pd.DataFrame
    files: int
    datasets: int


def read_rules(name: str | Path = "hst_cal", *, edition: str | int | None = None) -> Rules:
    """Return the rule set of HST calibration, or a version of it in a folder: see ``tables.read``."""
    return tables.read(name, edition=edition, base="hst_cal")


@stage(_INPUTS, _DATASETS)
def datasets(rules: Rules, inputs: pd.DataFrame) -> Split:
    """Return data sets with each keyword as its kind: words in upper case, missing words blank.

    Args:
        rules: an HST calibration rule set.
        inputs: one row a data set, as ``from_table`` gives it.

    Raises:
        ContractError: when called directly, if any row is rejected.

    >>> rules = read_rules()
    >>> datasets(rules, example(rules)).loc[0, ["DRIZCORR", "DETECTOR"]].tolist()
    ['PERFORM', 'WFC']
    """
    spell = _any_case(tables.words(rules))
    read, faults = {"dataset": inputs["dataset"].astype("str")}, []
    for row in rules["inputs"].records():
        column, kind = row["column"], row["kind"]
        read[column], unreadable = _parse(spell, inputs[column], kind)
        faults.append(Fault(unreadable, f"not a {_NOUN.get(kind, kind)}", column, inputs[column]))
    return set_aside(pd.DataFrame(read), _DATASETS, faults)


_NOUN = {"count": "whole number"}


def _any_case(spell: Words) -> Words:
    return Words(*(frozenset(word.upper() for word in words) for words in spell))


def _parse(spell: Words, cells: pd.Series, kind: str) -> Parsed:
    """Return a column as its kind, and which of its cells are not."""
    readable = pd.Series(False, index=cells.index)
    if kind in ("count", "number") and pd.api.types.is_numeric_dtype(cells.dtype):
        return count(spell, cells) if kind == "count" else number(spell, cells)
    told = text(Words(frozenset(), frozenset()), cells, upper=True)
    told = told.mask(told.isin(spell.missing))
    if kind == "number":
        return number(spell, told)
    if kind == "word":
        return Parsed(told, readable)
    if kind == "flag":
        return Parsed(flag(spell, told), readable)
    if kind == "count":
        return count(spell, told)
    numbers, _ = count(spell, told)
    return Parsed(numbers.astype("str").fillna(told), readable)


_LETTERS = {"first": slice(0, 1), "last": slice(-1, None)}


@stage(_DATASETS, _FEATURES)
def features(rules: Rules, datasets: pd.DataFrame, *, handle_unknown: HandleUnknown = "error") -> Split:
    """Return one row a data set: its name and the features, in the order of the rule table.

    Words are folded by the rule table ``abbreviations``, then encoded; flags are 1 or 0; ``rounded`` is to
    the nearest whole number, halves to the even one.

    Args:
        rules: an HST calibration rule set.
        datasets: data sets under the contract ``hst_cal/datasets``.
        handle_unknown: ``error`` rejects a word without a code; ``use_encoded_value`` gives it the code that
            the table states for ``*``, and rejects it where there is none.

    Raises:
        ContractError: when called directly, if any row is rejected.

    >>> rules = read_rules()
    >>> features(rules, datasets(rules, example(rules))).loc[0, ["detector", "dtype", "instr"]].tolist()
    [1, 1, 0]
    """
    made, faults = {"dataset": datasets["dataset"]}, []
    for row in ordered(rules):
        values, name, kind = datasets[row["column"]], row["feature"], row["kind"]
        if kind == "category":
            words = values.str[_LETTERS[row["letter"]]].str.upper() if row["letter"] else values
            made[name], lost = coded(rules, name, words, missing=row["missing"], handle_unknown=handle_unknown)
            faults.append(Fault(lost, "no code for this word", name, values))
        elif kind == "rounded":
            made[name] = pd.Series(np.rint(values.to_numpy()), index=values.index).astype("int64")
        else:
            made[name] = values.astype("int64")
    return set_aside(pd.DataFrame(made), _FEATURES, faults)


def steps(rules: Rules, *, handle_unknown: HandleUnknown = "error") -> tuple["partial[pd.DataFrame]", ...]:
    """Return the pipeline: from inputs to data sets and features."""
    return (partial(datasets, rules), partial(features, rules, handle_unknown=handle_unknown))


def run(
    source: pd.DataFrame | str | Path,
    *,
    edition: str | int | None = None,
    rules: Rules | str | Path = "hst_cal",
    handle_unknown: HandleUnknown = "error",
    track: Callable[..., Iterable[Any]] = untracked,
) -> Answer:
    """Return every frame of the pipeline for a source; bad input never ends the run, it is in ``rejected``.

    Args:
        source: a frame, a table file (CSV, Parquet), or a folder of feature files, one data set a file.
        edition: an edition of the rule set; the newest unless one is named.
        rules: a rule set, its name, or its folder.
        handle_unknown: ``error`` or ``use_encoded_value``, for words without a code.
        track: called with an iterable, ``total`` and ``desc``; returns the iterable, showing progress (tqdm).

    Returns:
        data sets as they were read, and their features (both with the name as index); rejected (what, stage,
        reason, column, value); the ledger.

    Raises:
        SourceError: nothing there to read.
        RuleError: no such rule set or edition, or a table that cannot be trusted.

    >>> answer = run(example(read_rules()))
    >>> answer.features.loc["j8zs05020", "total_mb"], answer.ledger["datasets"]
    (np.int64(1237), {'in': 1, 'features': 1, 'rejected': 0})
    """
    rules = rules if isinstance(rules, Rules) else read_rules(rules, edition=edition)
    read = load(rules, source, track=track)
    (typed, encoded), rejected = chain(steps(rules, handle_unknown=handle_unknown), read.inputs, track=track)
    lost = pd.concat([read.rejected, rejected], ignore_index=True)
    unreadable = int((lost["stage"] == "files").sum())
    account = {
        "rules": rules.name,
        "edition": rules.edition,
        "handle_unknown": handle_unknown,
        "files": {"found": read.files, "read": read.files - unreadable, "unreadable": unreadable},
        "datasets": {"in": read.datasets, "features": len(encoded), "rejected": len(lost) - unreadable},
        "fingerprint": stamp.entry(rules, "hst_cal"),
    }
    return Answer(typed.set_index("dataset"), encoded.set_index("dataset"), lost, ledger.closed(account))


def load(rules: Rules, source: pd.DataFrame | str | Path, *, track: Callable[..., Iterable[Any]] = untracked) -> Source:
    """Return the data sets of a source, whatever it is: see ``run``.

    Raises:
        SourceError: nothing there to read.
    """
    if isinstance(source, pd.DataFrame):
        frame, rejected = from_table(rules, source)
        return Source(frame, rejected, 0, len(source))
    path = Path(source)
    suffixes = tuple(rules["files"].rows["suffix"])
    if path.is_file() and not path.name.endswith(suffixes):
        raw, torn = read_table(path)
        frame, rejected = from_table(rules, raw)
        return Source(frame, pd.concat([torn, rejected], ignore_index=True), 1, len(raw) + len(torn))
    try:
        found = [path] if path.is_file() else [f for s in suffixes for f in fits_headers.find_files(path, suffix=s)]
    except FileNotFoundError as error:
        raise SourceError(str(error)) from None
    raw, unread = from_files(rules, found, track=track)
    frame, rejected = from_table(rules, raw)
    return Source(frame, pd.concat([unread, rejected], ignore_index=True), len(found), len(raw))


def from_table(rules: Rules, table: pd.DataFrame) -> Split:
    """Return a table with one column for each input, whatever the case of its names; absent ones blank.

    Args:
        rules: an HST calibration rule set.
        table: columns named by keyword, and one that names the data set (or a text index).

    Raises:
        SourceError: no column names the data set, or two columns differ only in case.
    """
    wanted = rules["inputs"].rows["column"].tolist()
    told = names(rules, table)
    try:
        frame = columns.keep(columns.rename(table, wanted), wanted)
    except ValueError as error:
        raise SourceError(str(error)) from None
    frame = frame.reindex(columns=["dataset", *wanted], fill_value="").assign(dataset=told)
    return named(frame, _INPUTS)


def from_files(rules: Rules, files: Sequence[Path], *, track: Callable[..., Iterable[Any]] = untracked) -> Split:
    """Return feature files, ``keyword=value`` a line, as a table; those that are none told by their path.

    The name of the data set stands before the suffix that the rule table ``files`` has.
    """
    found, told = [], []
    for file in track(files, total=len(files), desc="files"):
        row = next(r for r in rules["files"].records() if file.name.endswith(r["suffix"]))
        try:
            keywords = _keywords(file, row["separator"])
        except (OSError, ValueError) as error:
            told.append([str(file), "files", f"cannot be read: {error}", "", ""])
        else:
            found.append({**keywords, "dataset": file.name.removesuffix(row["suffix"])})
    frame = pd.DataFrame(found, columns=None if found else ["dataset"], dtype="str")
    return Split(frame, pd.DataFrame(told, columns=rejects.REJECTED, dtype="str"))


def _keywords(file: Path, separator: str) -> dict[str, str]:
    """Return the keywords of one file.

    Raises:
        ValueError: a line without the separator, or a keyword that is there twice.
    """
    found: dict[str, str] = {}
    for at, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        keyword, mark, value = line.strip().partition(separator)
        if mark and keyword not in found:
            found[keyword] = value
        elif line.strip():
            raise ValueError(f"line {at} " + (f"has {keyword} again" if mark else f"has no {separator}"))
    return found


def example(rules: Rules) -> pd.DataFrame:
    """Return one ACS data set, for examples."""
    row = {
        "ipst": "j8zs05020", "n_files": 61, "total_mb": "1237.4", "DRIZCORR": "PERFORM", "PCTECORR": "perform",
        "CRSPLIT": "2", "SUBARRAY": "False", "DETECTOR": "WFC",
    }  # fmt: skip
    return from_table(rules, pd.DataFrame([row])).good
