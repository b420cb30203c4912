"""Exposures: headers read as what they are, archive filters as the header has them."""

from collections.abc import Collection, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.contracts.stage import stage
from scrub.frames import copies
from scrub.frames.arrays import (
    Columns,
    is_ascending,
    is_unique,
    make_cells,
    make_frame,
    make_words,
    pick,
    read_frame,
    read_raw,
    take,
)
from scrub.frames.cells import Words, make_text
from scrub.frames.columns import number_rows
from scrub.frames.rejects import Fault, SplitColumns, set_columns_aside
from scrub.jwst.agreements import find_faults
from scrub.pipeline import kinds
from scrub.tables import Rules, words
from scrub.tables.rules import look_up, once

_STAGE = "jwst/exposures"


@stage("jwst/headers", _STAGE, before="jwst.from_table(rules, table).good", columns=read_raw)
def exposures(rules: Rules, headers: Columns) -> SplitColumns:
    """Return exposures: each keyword as its kind, missing words blank, FILTER as the header has it.

    Angles are degrees, GS_MAG magnitudes. Rows come back in the order of their names, each name once: rows of one name
    that say the same are one row. A cell that is not of its kind, a word that is on no list, two sides that do not
    agree (table ``agreements``), or another row of one name that differs rejects its row.

    Args:
        rules: a JWST rule set.
        headers: one row an exposure, a column for each keyword, as ``jwst.load`` gives it.

    Raises:
        ContractError: when called directly, if any row is rejected.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> exposures(rules, jwst.example(rules)).loc[0, ["PROGRAM", "FILTER", "PUPIL"]].tolist()
    ['01018', 'CLEAR', 'F200W']
    """
    columns, faults = _fold(_read(rules, headers))
    good, rejected = set_columns_aside(columns, _STAGE, faults)
    return SplitColumns(_sort_rows(good), rejected)


def count_copies(rules: Rules, headers: pd.DataFrame) -> int:
    """Return how many headers say what another of the same name says: they are folded, and no exposures of their own.

    Args:
        rules: a JWST rule set.
        headers: one row an exposure, as ``jwst.load`` gives it.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> headers = jwst.example(rules)
    >>> count_copies(rules, headers), count_copies(rules, pd.concat([headers, headers], ignore_index=True))
    (0, 2)
    """
    return copies.count_copies(headers, partial(read, rules), path="file")


def read(rules: Rules, headers: pd.DataFrame) -> copies.Read:
    """Return headers as exposures in the same order, and everything that is wrong with which of them.

    Args:
        rules: a JWST rule set.
        headers: one row an exposure, as ``jwst.load`` gives it.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> frame, faults = read(rules, jwst.example(rules).assign(GS_MAG="bright"))
    >>> [fault.reason for fault in faults if fault.where.any()]
    ['not a number']
    """
    columns, faults = _read(rules, read_raw(headers))
    return copies.Read(make_frame(columns, index=headers.index), faults)


class _Read(NamedTuple):
    """The columns of exposures as they were read, and what is wrong with which of them."""

    columns: dict[str, Any]
    faults: list[Fault]


def _read(rules: Rules, headers: Columns) -> _Read:
    files = kinds.read(words(rules), headers["file"], "text").values
    own, faults = _read_keywords(_list_keywords(rules), headers)
    columns = {"exposure": make_cells(headers["exposure"].tolist()), "file": files, **own}
    columns["FILTER"] = _restore_filter(rules, columns)
    if "optional_keywords" in rules.tables:
        more = [keyword for keyword in _list_keywords(rules, "optional_keywords") if keyword.name in headers]
        own, unreadable = _read_keywords(more, headers)
        columns |= own
        faults += unreadable
    there = [keyword for keyword in _list_keywords(rules, "checked_keywords") if keyword.name in headers]
    sides, unreadable = _read_keywords(there, headers)
    faults += [*unreadable, *find_faults(rules, headers, {**columns, **sides})]
    return _Read(columns, faults)


def read_programs(rules: Rules, headers: pd.DataFrame) -> "pd.Series[str]":
    """Return the program of each row, as exposures have it; missing where the header has none.

    Args:
        rules: a JWST rule set.
        headers: one row an exposure, as ``jwst.load`` gives it.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> read_programs(rules, jwst.example(rules).assign(PROGRAM=["7", ""])).tolist()
    ['00007', nan]
    """
    (keyword,) = (keyword for keyword in _list_keywords(rules) if keyword.name == "PROGRAM")
    return kinds.parse(keyword.spellings, headers["PROGRAM"], keyword.kind, width=keyword.width).values


def _fold(read: _Read) -> _Read:
    """Return each exposure once: see ``copies.fold``."""
    if is_unique(read.columns["exposure"]):
        return read
    frame, faults = copies.fold(copies.Read(make_frame(read.columns), read.faults), path="file")
    return _Read(read_frame(frame), faults)


def _sort_rows(columns: Columns) -> Columns:
    """Return exposures in the order of their names, which differ."""
    names = columns["exposure"].tolist()
    if is_ascending(names):
        return columns
    return take(columns, np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.intp))


def _read_keywords(keywords: Iterable["_Keyword"], headers: Columns) -> _Read:
    """Return keywords as what they are, and the cells that are not."""
    columns, faults = {}, list[Fault]()
    for keyword in keywords:
        cells = headers[keyword.name]
        columns[keyword.name], unreadable = kinds.read(keyword.spellings, cells, keyword.kind, width=keyword.width)
        if unreadable is not None and unreadable.any():
            faults.append(Fault(unreadable, f"not a {kinds.NOUNS[keyword.kind]}", keyword.name, cells, "dtype"))
    return _Read(columns, faults)


class _Keyword(NamedTuple):
    """A keyword as its row of ``keywords`` has it, and the spellings of missing and true in its cells."""

    name: str
    kind: str
    width: str
    spellings: Words


@once
def _list_keywords(rules: Rules, table: str = "keywords") -> tuple[_Keyword, ...]:
    return tuple(
        _Keyword(row["keyword"], row["kind"], row["width"], _keep_values(rules, row["keyword"]))
        for row in rules[table].records()
    )


def _keep_values(rules: Rules, keyword: str) -> Words:
    """Return the spellings for one keyword: words in ``not_missing`` are values of it."""
    spellings = words(rules)
    if "not_missing" not in rules.tables:
        return spellings
    values = {row["word"] for row in rules["not_missing"].records() if row["keyword"] == keyword}
    return spellings._replace(missing=spellings.missing - values)


class _Band(NamedTuple):
    """A combined band: whole, the first word behind its prefix, all behind it; its prefix, and where the pupil is."""

    whole: str
    first: str
    rest: str
    prefix: str
    pupil: str

    def answer(self, part: str) -> str:
        """Return a part of the band, nothing of what it does not say, and any other word in upper case."""
        parts = {"first": self.first, "rest": self.rest, "whole": self.whole, "unknown": ""}
        return parts.get(part, part.upper())


def _read_band(band: Any, pupil: Any, prefixes: Collection[str]) -> _Band:
    """Return what FILTER and PUPIL are; either may be missing."""
    whole = band if isinstance(band, str) else ""
    before, dot, rest = whole.partition(".")
    first, more, second = rest.partition(".")
    prefix = before if dot else ""
    known = prefix if prefix in prefixes else "other" if prefix else "none"
    element, position = (second, "second") if more else (first, "first")
    return _Band(whole, first, rest, known, position if pupil == element else "none")


def _restore_filter(rules: Rules, columns: Columns) -> Any:
    """Return FILTER as the header has it, where an archive export has a combined band."""
    cells = [columns[name] for name in ("FILTER", "PUPIL", "EXP_TYPE")]
    codes, first = number_rows(cells)
    filters, pupils, types = (pick(column, first).tolist() for column in cells)
    bands = [_read_band(*pair, rules.lists["band_prefix"]) for pair in zip(filters, pupils, strict=True)]
    table = look_up(rules, "archive_filters")
    answers = table.cells["filter"][table.find(_ask_bands(rules, bands, types))]
    words = [band.answer(answer) or None for band, answer in zip(bands, answers, strict=True)]
    return make_words(words, codes)


def _ask_bands(rules: Rules, bands: Sequence[_Band], types: Sequence[Any]) -> dict[str, list[str]]:
    """Return the conditions of ``archive_filters``; an EXP_TYPE on no list is rejected later, whatever FILTER is."""
    known = rules.lists["exp_type"]
    listed = {word: word for word in known}
    return {
        "exp_type": [listed.get(word, known[0]) for word in types],
        "prefix": [band.prefix for band in bands],
        "pupil": [band.pupil for band in bands],
    }


def find_band_facts(rules: Rules, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the conditions of ``archive_filters``: EXP_TYPE, the prefix of FILTER, and where the pupil stands.

    Args:
        rules: a JWST rule set.
        frame: with FILTER, PUPIL and EXP_TYPE.

    >>> from scrub import tables
    >>> band = pd.DataFrame({"FILTER": ["NI.GR150R.F200W"], "PUPIL": ["F200W"], "EXP_TYPE": ["NIS_WFSS"]})
    >>> find_band_facts(tables.read("jwst"), band).iloc[0].tolist()
    ['NIS_WFSS', 'NI', 'second']
    """
    pairs = zip(frame["FILTER"].tolist(), frame["PUPIL"].tolist(), strict=True)
    bands = [_read_band(*pair, rules.lists["band_prefix"]) for pair in pairs]
    facts = _ask_bands(rules, bands, frame["EXP_TYPE"].tolist())
    return pd.DataFrame({name: make_text(words_) for name, words_ in facts.items()}, index=frame.index)
