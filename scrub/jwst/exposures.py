"""Exposures: headers read as what they are, archive filters told as the header has them."""

from collections.abc import Iterator

import pandas as pd

from scrub.contracts.stage import stage
from scrub.frames import columns
from scrub.frames.cells import Words, count, digits, flag, number, text
from scrub.frames.rejects import Fault, Split, set_aside
from scrub.tables import Rules, words

_STAGE = "jwst/exposures"


@stage("jwst/headers", _STAGE)
def exposures(rules: Rules, headers: pd.DataFrame) -> Split:
    """Return exposures: each keyword as its kind, missing words blank, FILTER as the header has it.

    Angles are degrees, GS_MAG magnitudes. Rows come back in the order of their names. A cell that is
    not of its kind, a word that is on no list, or a name that disagrees with the header rejects its row.

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
    spell = words(rules)
    read = {"exposure": headers["exposure"].astype("str"), "file": text(spell, headers["file"])}
    faults = []
    for row in rules["keywords"].records():
        keyword, kind = row["keyword"], row["kind"]
        read[keyword], bad = _parse(_spelled(rules, spell, keyword), headers[keyword], kind, row["width"])
        if bad is not None:
            faults.append(Fault(bad, f"not a {_NOUN.get(kind, kind)}", keyword, headers[keyword]))
    frame = pd.DataFrame(read)
    frame = frame.assign(FILTER=_header_filter(rules, frame))
    good, rejected = set_aside(frame, _STAGE, [*faults, *_misnamed(rules, frame)])
    return Split(_by_name(good), rejected)


_NOUN = {"ra": "number", "dec": "number", "count": "whole number"}


def _spelled(rules: Rules, spell: Words, keyword: str) -> Words:
    """Return the spellings for one keyword: words that ``values`` lists are values of it, and not missing."""
    if "values" not in rules.tables:
        return spell
    values = rules["values"].rows
    return spell._replace(missing=spell.missing - set(values.loc[values["keyword"] == keyword, "word"]))


def _parse(spell: Words, cells: pd.Series, kind: str, width: str) -> tuple[pd.Series, pd.Series | None]:
    """Return a column as its kind, and which of its cells are not."""
    if kind in ("ra", "dec", "number"):
        return number(spell, cells)
    if kind == "count":
        return count(spell, cells)
    if kind == "flag":
        return flag(spell, cells), None
    if kind == "digits":
        return digits(spell, cells, int(width)), None
    return text(spell, cells, upper=kind == "word"), None


def _misnamed(rules: Rules, frame: pd.DataFrame) -> Iterator[Fault]:
    """Yield where the name of an exposure parses, and says another thing than the header.

    A name is held against the patterns up to its first underscore.
    """
    codes, visits = pd.factorize(frame["exposure"].map(lambda name: name.partition("_")[0]))
    for row in rules["keywords"].records():
        keyword, pattern = row["keyword"], row["name_pattern"]
        if not pattern:
            continue
        told = pd.Series(visits, dtype="str").str.extract(f"^{pattern}$", expand=False)
        told = told.take(codes).set_axis(frame.index)
        bad = told.notna() & frame[keyword].notna() & (told != frame[keyword])
        yield Fault(bad, "not what the name of the exposure says", keyword, frame[keyword])


def _header_filter(rules: Rules, frame: pd.DataFrame) -> pd.Series:
    """Return FILTER as the header has it, where an archive export has a combined band."""
    cases, codes = columns.distinct(frame, ["FILTER", "PUPIL"])
    bands, _, first, rest = _band(cases)
    answers = rules["archive_filters"].answer(band_facts(rules, cases))["filter"]
    told = bands.mask(answers == "first", first).mask(answers == "rest", rest).mask(answers == "clear", "CLEAR")
    header: pd.Series = told.where(told != "").astype("str").take(codes).set_axis(frame.index)
    return header


def band_facts(rules: Rules, frame: pd.DataFrame) -> pd.DataFrame:
    """Return what the table ``archive_filters`` asks of FILTER and PUPIL: the prefix, and where the pupil stands.

    >>> from scrub import tables
    >>> band = pd.DataFrame({"FILTER": ["NI.GR150R.F200W"], "PUPIL": ["F200W"]})
    >>> band_facts(tables.read("jwst"), band).iloc[0].tolist()
    ['NI', 'second']
    """
    _, prefix, first, rest = _band(frame)
    _, more, second = _halves(rest)
    place = pd.Series("none", index=frame.index).mask((more == "") & (first == frame["PUPIL"]), "first")
    known = prefix.where(prefix.isin([*rules.lists["band_prefix"], ""]), "other").replace("", "none")
    return pd.DataFrame({"prefix": known, "pupil": place.mask((more != "") & (second == frame["PUPIL"]), "second")})


def _band(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series, pd.Series]:
    """Return bands, and of each its prefix (blank without a dot), the first word behind it, and all behind it."""
    bands = frame["FILTER"].fillna("")
    prefix, dot, rest = _halves(bands)
    first, _, _ = _halves(rest)
    return bands, prefix.where(dot != "", ""), first, rest


def _halves(words: pd.Series) -> Iterator[pd.Series]:
    """Yield what stands before the first dot of each word, the dot, and what stands behind it."""
    for part in range(3):
        yield pd.Series([word.partition(".")[part] for word in words], index=words.index, dtype="str")


def _by_name(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the order of their names; rows of one name in an order that their cells decide."""
    if not frame["exposure"].is_unique:
        return frame.sort_values(list(frame.columns), ignore_index=True)
    return frame if frame["exposure"].is_monotonic_increasing else frame.sort_values("exposure", ignore_index=True)
