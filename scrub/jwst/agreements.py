"""What a header says twice: checks that the table ``agreements`` states, each asked only where both sides are there.

A word is checked once for each distinct case. Positions are compared as angles on the sky, in arcseconds.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from scrub.frames import sky
from scrub.frames.arrays import Columns, list_words, make_cells, pick
from scrub.frames.cells import list_distinct
from scrub.frames.columns import Positions, number_rows
from scrub.frames.rejects import Fault
from scrub.jwst.checks import AGREE, DIGITS, LISTS, NAMES, SKY, THERE, WORDS, Check, Plan, read_checks
from scrub.jwst.pointings import find_off_sky, read_pointings
from scrub.tables import Rules

Mask = npt.NDArray[np.bool_]
_PART = "exposure/"  # and a number: a part of the exposure's name, between underscores


def find_faults(rules: Rules, headers: Columns, read: Columns) -> Iterator[Fault]:
    """Yield where two sides of exposures do not agree, or a card lacks that all headers of its kind have.

    Words come first, then positions, digits, and what is lacking; of several checks, the first by name.

    Args:
        rules: a JWST rule set.
        headers: arrays of what was read; ``file`` is blank where an exposure comes from a table.
        read: arrays of the same exposures, each column as what it is: exposure, and keywords that the checks name.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> words = {"exposure": ["a", "b"], "DETECTOR": ["NIS", "NIS"], "INSTRUME": ["NIRISS", "NIRCAM"]}
    >>> read = {name: make_cells(cells) for name, cells in words.items()}
    >>> for fault in find_faults(rules, {"file": make_cells(["", ""])}, read):
    ...     print(fault.where.tolist(), fault.reason, fault.column)
    [False, True] not a detector of this instrument: NIRISS has it DETECTOR
    """
    plan = read_checks(rules)
    yield from _find_misnamed([check for check in plan.checks if check.agreement in NAMES], read)
    yield from _find_in_cases(plan, [check for check in plan.checks if check.agreement in WORDS], read)
    yield from _find_apart([check for check in plan.checks if check.agreement in SKY], read)
    yield from _find_digits([check for check in plan.checks if check.agreement in DIGITS], read)
    yield from _find_lacking([check for check in plan.checks if check.agreement in THERE], headers, read)


def _find_misnamed(checks: Sequence[Check], read: Columns) -> Iterator[Fault]:
    """Yield where a word is not what a part of the exposure's name has, part by part.

    A part of which the pattern takes nothing says nothing.
    """
    names = read["exposure"].tolist()
    for part in sorted({check.other for check in checks}):
        part_codes, parts = _find_parts(names, int(part.removeprefix(_PART)))
        for check in checks:
            if check.other == part and check.keyword in read:
                word_codes, words = _find_words(read[check.keyword])
                own, stated = _compare_words(words, _read_parts(check.text, parts))
                own, stated = own[word_codes], stated[part_codes]
                where = (own != stated) & (own >= 0) & (stated >= 0)
                if where.any() and (where := where & _select(check, read)).any():
                    yield Fault(where, check.reason, check.keyword, read[check.keyword], check.check)


def _find_words(array: Any) -> tuple[Positions, list[str | None]]:
    """Return the number of each row's word, and the words; None where missing."""
    codes, first = number_rows([array])
    return codes, list_words(pick(array, first))


def _find_parts(names: Iterable[str], number: int) -> tuple[Positions, list[str | None]]:
    """Return the number of one part of each name, counted from 1, and these parts; None where a name has fewer."""
    known: dict[str | None, int] = {}
    split = (name.split("_", number) for name in names)
    codes = [known.setdefault(own[number - 1] if len(own) >= number else None, len(known)) for own in split]
    return np.array(codes, dtype=np.intp), [*known]


def _read_parts(text: str, parts: Iterable[str | None]) -> list[str | None]:
    """Return what a pattern takes of each part of a name: its last group; None of a part that it does not fit."""
    fit = re.compile(text).fullmatch
    matches = (None if part is None else fit(part) for part in parts)
    return [match[match.lastindex or 0] if match else None for match in matches]


def _compare_words(one: Iterable[str | None], other: Iterable[str | None]) -> tuple[Positions, Positions]:
    """Return numbers for words and others: equal for words that are, whatever their case; below 0 where missing."""
    known: dict[str, int] = {}
    numbers = (
        [-1 if word is None else known.setdefault(word.upper(), len(known)) for word in side] for side in (one, other)
    )
    own, others = (np.array(side, dtype=np.intp) for side in numbers)
    return own, others


def _find_in_cases(plan: Plan, checks: Sequence[Check], read: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield the faults of words, by the name of the check: each distinct case of them is checked once."""
    checks = [check for check in checks if all(name in read for name in check.columns)]
    names = list(dict.fromkeys(name for check in checks for name in check.columns))
    if not names:
        return
    codes, cases = _find_cases([read[name] for name in names])
    faults: dict[tuple[Check, str], list[int]] = {}
    for number, case in enumerate(cases):
        for fault in _judge(plan, checks, dict(zip(names, case, strict=True))):
            faults.setdefault(fault, []).append(number)
    for (check, reason), numbers in sorted(faults.items(), key=lambda item: item[0][0].check):
        yield Fault(np.isin(codes, numbers), reason, check.keyword, read[check.keyword], check.check)


def _find_cases(arrays: Sequence[Any]) -> tuple[Positions, list[tuple[str | None, ...]]]:
    """Return the number of each row's case, and the cases: a word of each array, None where missing."""
    codes, first = number_rows(arrays)
    return codes, list(zip(*(list_words(pick(array, first)) for array in arrays), strict=True))


def _judge(plan: Plan, checks: Iterable[Check], case: Mapping[str, str | None]) -> Iterator[tuple[Check, str]]:
    """Yield each check that a case fails, and the reason."""
    for check in checks:
        word, other = case[check.keyword], case[check.other] if check.other else ""
        if word is None or other is None or not check.fits(case.get(check.where)):
            continue
        if reason := AGREE[check.agreement](plan, check, word, other):
            yield check, reason


def _find_apart(checks: Iterable[Check], read: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield where two positions are further apart than they may be."""
    names = dict.fromkeys(name for check in checks for name in (check.keyword, check.other))
    yield from find_off_sky(names, read)
    sides = {name: read_pointings(name, read) for name in names}
    for check in checks:
        one, other = sides[check.keyword], sides[check.other]
        both = one.there & other.there
        if both.any():
            both &= _select(check, read)
            rows = np.flatnonzero(both)
            angles = sky.separation(one.ra[rows], one.dec[rows], other.ra[rows], other.dec[rows])
            far = angles > float(check.tolerance)
            if far.any():
                where = np.zeros(len(both), dtype=bool)
                where[rows[far]] = True
                cells = make_cells([None] * len(both))
                for row, angle in zip(rows[far].tolist(), angles[far].tolist(), strict=True):
                    cells[row] = f"{one.show(row)}, {angle:.3f} arcsec from {check.other} {other.show(row)}"
                yield Fault(where, check.reason, check.keyword, cells, check.check)


def _find_digits(checks: Iterable[Check], read: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield where a number is another with one digit changed that is none of the last."""
    for check in checks:
        if all(name in read for name in check.columns):
            one, other = (np.asarray(read[name], dtype="float64") for name in (check.keyword, check.other))
            rows = np.flatnonzero(np.abs(one - other) > 0)
            if not len(rows):
                continue
            codes, first = number_rows([one[rows], other[rows]])
            pairs = zip(one[rows[first]].tolist(), other[rows[first]].tolist(), strict=True)
            changed = np.array([_is_digit_changed(*pair, last=int(check.tolerance)) for pair in pairs], dtype=bool)
            where = np.zeros(len(one), dtype=bool)
            where[rows] = changed[codes]
            yield Fault(where & _select(check, read), check.reason, check.keyword, one, check.check)


def _is_digit_changed(one: float, other: float, last: int) -> bool:
    """Return whether two numbers differ in one digit, with ``last`` digits or more behind it.

    >>> _is_digit_changed(80.00012, 80.00014, last=2), _is_digit_changed(80.00112, 80.00412, last=2)
    (False, True)
    """
    a, b = (format(Decimal(repr(number)), "f") for number in (one, other))
    places = [place for place, (left, right) in enumerate(zip(a, b, strict=False)) if left != right]
    return len(a) == len(b) and len(places) == 1 and sum(map(str.isdigit, a[places[0] + 1 :])) >= last


def _select(check: Check, read: Mapping[str, Any]) -> Mask:
    """Return which exposures a check is of."""
    if not check.where:
        return np.ones(len(read["exposure"]), dtype=bool)
    if check.where not in read:
        return np.zeros(len(read["exposure"]), dtype=bool)
    codes, cases = _find_cases([read[check.where]])
    return np.array([check.fits(word) for (word,) in cases], dtype=bool)[codes]


def _find_lacking(checks: Iterable[Check], headers: Columns, read: Columns) -> Iterator[Fault]:
    """Yield where the header of a file lacks a card, or gives it no value; a table may lack what it likes."""
    files = list_distinct(headers["file"])
    of_file = files.spread(np.array([isinstance(name, str) and name != "" for name in files.cells], dtype=bool))
    if not of_file.any():
        return
    for check in checks:
        if check.keyword in headers:
            blank = np.array([cell == "" for cell in headers[check.keyword].tolist()], dtype=bool)
            if (of_file & blank).any():
                where = of_file & blank & _select(check, read)
                yield Fault(where, check.reason, check.keyword, headers[check.keyword], check.check)


def find_new_words(rules: Rules, exposures: Columns) -> list[dict[str, Any]]:
    """Return words that no list of their instrument has, and in how many exposures each stands.

    Args:
        rules: a JWST rule set.
        exposures: one row an exposure, the columns of the contract ``jwst/exposures``.

    >>> from scrub import jwst
    >>> from scrub.frames.arrays import read_frame
    >>> rules = jwst.read_rules()
    >>> exposures = jwst.exposures(rules, jwst.example(rules).assign(PUPIL="F200WP"))
    >>> find_new_words(rules, read_frame(exposures))
    [{'keyword': 'PUPIL', 'word': 'F200WP', 'INSTRUME': 'NIRISS', 'exposures': 2}]
    """
    plan = read_checks(rules)
    checks = [check for check in plan.checks if check.agreement in LISTS]
    names = list(dict.fromkeys(name for check in checks for name in check.columns))
    if not names:
        return []
    codes, cases = _find_cases([exposures[name] for name in names])
    sizes = np.bincount(codes, minlength=len(cases)).tolist()
    counts = Counter[tuple[str, str, str]]()
    for case, size in zip((dict(zip(names, case, strict=True)) for case in cases), sizes, strict=True):
        for check in checks:
            word, other = case[check.keyword], case[check.other]
            if word and other and not plan.vocabularies[check.keyword].knows(other, word):
                counts[check.keyword, word, other] += size
    return [
        {"keyword": keyword, "word": word, "INSTRUME": instrument, "exposures": counts[keyword, word, instrument]}
        for keyword, word, instrument in sorted(counts)
    ]
