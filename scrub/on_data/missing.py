"""Missing words: the words of a table that have no code or stand on no list of their instrument, and the row to add."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub.contracts.failures import NOT_LISTED
from scrub.files.table_files import Track, untracked
from scrub.frames.arrays import make_cells, read_frame
from scrub.jwst.agreements import find_new_words
from scrub.on_data.registry import find_pipeline
from scrub.on_data.uncoded import find_meant
from scrub.pipeline.features import abbreviate, encode_words, order_features, pairs, take_part
from scrub.pipeline.reasons import Run
from scrub.tables import Rules

YOURS = "your source"  # stands where a row needs one


class Missing(NamedTuple):
    """A word that a table of the rules lacks: its column, how often it stands in what, and the row to add."""

    table: str
    column: str
    word: str
    times: int
    of: str
    row: str

    def __str__(self) -> str:
        """Return the word as two lines: what is missing, and the row."""
        return f"{self.table}.csv: {self.column} {self.word}: {self.of} {self.times}\n    {self.row}"


def find_missing(
    rules: Rules, base: str, source: pd.DataFrame | str | Path, *, track: Track = untracked
) -> list[Missing]:
    r"""Return the words of an input that have no code, or that no list of their instrument has.

    Args:
        rules: a rule set.
        base: the rule set that it is a version of.
        source: a frame, or what the pipeline's command takes as INPUT.
        track: wraps the iteration over steps, to show progress.

    Returns:
        By table, then column, the most frequent first. A word that is to have no code (table ``uncoded``) is none.

    Raises:
        SourceError: nothing there to read.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> exposures = jwst.example(rules).assign(PUPIL="F555W")
    >>> print(*find_missing(rules, "jwst", exposures), sep="\n")
    encodings.csv: pupil F555W: products 1
        pupil,F555W,27,,,your source,
    instrument_words.csv: PUPIL F555W: exposures 2
        NIRISS,PUPIL,F555W,,,your source,
    """
    run = find_pipeline(base).trace(rules, source, track=track)
    missing = [*_list_uncoded(rules, run), *_list_unlisted(rules, run)]
    return sorted(missing, key=lambda one: (one.table, one.column, -one.times, one.word))


def _list_uncoded(rules: Rules, run: Run) -> Iterator[Missing]:
    """Yield the words of results that have no code, each with the next free code of its feature."""
    kind = "products" if len(run.members) else "data sets"
    for row in order_features(rules):
        if row["kind"] == "category":
            feature = row["feature"]
            meant = find_meant(rules, feature)
            words = [word for word in _count_uncoded(rules, row, run).most_common() if word[0] not in meant]
            for code, (word, count) in enumerate(words, max(pairs(rules, feature).values(), default=-1) + 1):
                yield Missing("encodings", feature, word, count, kind, _write([feature, word, code, "", "", YOURS, ""]))


def _count_uncoded(rules: Rules, row: Mapping[str, Any], run: Run) -> "Counter[str]":
    """Return how many results have each word of a feature without a code, as it is encoded."""
    cells = run.raw[row["column"]] if row["column"] in run.raw else run.raw.index.to_series()
    counts = Counter[str]()
    for cell, count in Counter(cells.dropna().astype(str).tolist()).items():
        part = take_part(rules, row, cell)
        codes = encode_words(
            rules, row["feature"], make_cells([part or None]), missing=row["missing"], handle_unknown="error"
        )
        if codes.unknown[0]:
            counts[abbreviate(rules, row["feature"], [part])[0]] += count
    return counts


def _list_unlisted(rules: Rules, run: Run) -> Iterator[Missing]:
    """Yield the words of exposures that no list of their instrument has, and those of no closed list at all."""
    if "instrument_words" in rules.tables and run.steps:
        for new in find_new_words(rules, read_frame(run.steps[0])):
            row = _write([new["INSTRUME"], new["keyword"], new["word"], "", "", YOURS, ""])
            yield Missing("instrument_words", new["keyword"], new["word"], new["exposures"], "exposures", row)
    closed = run.rejected[run.rejected["reason"].str.startswith(NOT_LISTED)]
    for (column, word), count in Counter(zip(closed["column"], closed["value"], strict=True)).items():
        listing = str(column).lower()
        if word and listing in rules.lists:
            yield Missing("lists", column, word, count, "exposures", _write([listing, word, "", "", YOURS, ""]))


def _write(cells: Sequence[Any]) -> str:
    """Return cells as a line of CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()
