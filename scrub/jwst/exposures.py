"""Exposures: headers read as what they are, archive filters as the header has them."""

from collections.abc import Iterator

import pandas as pd

from scrub.contracts.stage import stage
from scrub.frames import columns
from scrub.frames.cells import Words, text
from scrub.frames.rejects import Fault, Split, set_aside
from scrub.pipeline.kinds import find_unreadable, parse
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
    spellings = words(rules)
    read = {"exposure": headers["exposure"].astype("str"), "file": text(spellings, headers["file"])}
    faults = []
    for row in rules["keywords"].records():
        keyword, kind = row["keyword"], row["kind"]
        own = _keep_values(rules, spellings, keyword)
        parsed = parse(own, headers[keyword], kind, width=row["width"])
        read[keyword] = parsed.values
        faults += find_unreadable(parsed, kind, keyword, headers[keyword])
    frame = pd.DataFrame(read)
    frame = frame.assign(FILTER=_restore_filter(rules, frame))
    good, rejected = set_aside(frame, _STAGE, [*faults, *_find_misnamed(rules, frame)])
    return Split(_sort_by_name(good), rejected)


def _keep_values(rules: Rules, spellings: Words, keyword: str) -> Words:
    """Return the spellings for one keyword: words in ``not_missing`` are values of it."""
    if "not_missing" not in rules.tables:
        return spellings
    values = rules["not_missing"].rows
    return spellings._replace(missing=spellings.missing - set(values.loc[values["keyword"] == keyword, "word"]))


def _find_misnamed(rules: Rules, frame: pd.DataFrame) -> Iterator[Fault]:
    """Yield where the name of an exposure parses, and contradicts the header.

    A name is held against the patterns up to its first underscore.
    """
    codes, visits = pd.factorize(frame["exposure"].map(lambda name: name.partition("_")[0]))
    for row in rules["keywords"].records():
        keyword, pattern = row["keyword"], row["name_pattern"]
        if not pattern:
            continue
        part = pd.Series(visits, dtype="str").str.extract(f"^{pattern}$", expand=False)
        part = part.take(codes).set_axis(frame.index)
        bad = part.notna() & frame[keyword].notna() & (part != frame[keyword])
        yield Fault(bad, "not what the name of the exposure says", keyword, frame[keyword])


def _restore_filter(rules: Rules, frame: pd.DataFrame) -> pd.Series:
    """Return FILTER as the header has it, where an archive export has a combined band."""
    cases, codes = columns.distinct(frame, ["FILTER", "PUPIL"])
    bands, _, first, rest = _split_band(cases)
    answers = rules["archive_filters"].answer(find_band_facts(rules, cases))["filter"]
    filters = bands.mask(answers == "first", first).mask(answers == "rest", rest).mask(answers == "clear", "CLEAR")
    header: pd.Series = filters.where(filters != "").astype("str").take(codes).set_axis(frame.index)
    return header


def find_band_facts(rules: Rules, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the conditions of ``archive_filters`` for FILTER and PUPIL: the prefix, and where the pupil stands.

    Args:
        rules: a JWST rule set.
        frame: with FILTER and PUPIL.

    >>> from scrub import tables
    >>> band = pd.DataFrame({"FILTER": ["NI.GR150R.F200W"], "PUPIL": ["F200W"]})
    >>> find_band_facts(tables.read("jwst"), band).iloc[0].tolist()
    ['NI', 'second']
    """
    _, prefix, first, rest = _split_band(frame)
    _, more, second = _split_at_dot(rest)
    position = pd.Series("none", index=frame.index).mask((more == "") & (first == frame["PUPIL"]), "first")
    known = prefix.where(prefix.isin([*rules.lists["band_prefix"], ""]), "other").replace("", "none")
    return pd.DataFrame({"prefix": known, "pupil": position.mask((more != "") & (second == frame["PUPIL"]), "second")})


def _split_band(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series, pd.Series]:
    """Return bands, and of each its prefix (blank without a dot), the first word behind it, and all behind it."""
    bands = frame["FILTER"].fillna("")
    prefix, dot, rest = _split_at_dot(bands)
    first, _, _ = _split_at_dot(rest)
    return bands, prefix.where(dot != "", ""), first, rest


def _split_at_dot(words: pd.Series) -> Iterator[pd.Series]:
    """Yield what stands before the first dot of each word, the dot, and what stands behind it."""
    for part in range(3):
        yield pd.Series([word.partition(".")[part] for word in words], index=words.index, dtype="str")


def _sort_by_name(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the order of their names; rows of one name in an order that their cells decide."""
    if not frame["exposure"].is_unique:
        return frame.sort_values(list(frame.columns), ignore_index=True)
    return frame if frame["exposure"].is_monotonic_increasing else frame.sort_values("exposure", ignore_index=True)
