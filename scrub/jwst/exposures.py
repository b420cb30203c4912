"""Exposures: headers read as what they are, archive filters told as the header has them."""

import pandas as pd

from scrub.contracts import Split, reject, stage
from scrub.jwst.source import words
from scrub.missing import Words, count, digits, flag, number, text
from scrub.tables import Rules

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
    >>> exposures(rules, jwst.example(rules)).loc[0, ["PROGRAM", "FILTER", "TSOVISIT"]].tolist()
    ['01018', 'F200W', False]
    """
    spell = words(rules)
    read = {"exposure": headers["exposure"].astype("str"), "file": text(spell, headers["file"])}
    reasons = []
    for row in rules["keywords"].rows.to_dict("records"):
        keyword, kind = row["keyword"], row["kind"]
        read[keyword], bad = _parse(spell, headers[keyword], kind, row["width"])
        reasons.append((bad, f"not a {_NOUN.get(kind, kind)}", keyword))
    frame = pd.DataFrame(read)
    frame = frame.assign(FILTER=_header_filter(rules, frame))
    reasons += _misnamed(rules, frame)
    return _set_aside(_by_name(frame), headers, reasons)


_NOUN = {"ra": "number", "dec": "number", "count": "whole number"}


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


def _misnamed(rules: Rules, frame: pd.DataFrame) -> list[tuple[pd.Series, str, str]]:
    """Return which exposures have a name that parses, and says another thing than the header."""
    found = []
    keywords = rules["keywords"].rows
    for row in keywords[keywords["name_pattern"] != ""].to_dict("records"):
        told = frame["exposure"].str.extract(f"^{row['name_pattern']}", expand=False)
        bad = told.notna() & frame[row["keyword"]].notna() & (told != frame[row["keyword"]])
        found.append((bad, "not what the name of the exposure says", row["keyword"]))
    return found


def _header_filter(rules: Rules, frame: pd.DataFrame) -> "pd.Series[str]":
    """Return FILTER as the header has it, where an archive export has a combined band."""
    cases = frame[["FILTER", "PUPIL"]].drop_duplicates()
    bands = cases["FILTER"].fillna("")
    dotted = bands.str.contains(".", regex=False)
    parts = bands.str.split(".", expand=True).reindex(columns=range(3)).fillna("")
    prefixes = set(rules.lists["band_prefix"])
    facts = pd.DataFrame(
        {
            "prefix": parts[0].where(parts[0].isin(prefixes), "other").where(dotted, "none"),
            "pupil": _place(parts, cases["PUPIL"]).where(dotted, "none"),
        }
    )
    answers = rules["archive_filters"].answer(facts)["filter"]
    told = {
        "first": parts[1],
        "rest": bands.where(~dotted, bands.str.partition(".")[2]),
        "clear": pd.Series("CLEAR", index=bands.index),
    }
    chosen = pd.concat([told[word][answers == word] for word in told]).reindex(bands.index)
    table = cases.assign(header=chosen.where(chosen != ""))
    return frame[["FILTER", "PUPIL"]].merge(table, how="left").set_axis(frame.index)["header"]


def _place(parts: pd.DataFrame, pupil: pd.Series) -> pd.Series:
    """Return which element of a combined band is the PUPIL."""
    alone = parts[2] == ""
    first, second = alone & (parts[1] == pupil), ~alone & (parts[2] == pupil)
    return pd.Series("none", index=parts.index).mask(first, "first").mask(second, "second")


def _by_name(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows in the order of their names; rows of one name in an order that their cells decide."""
    if frame["exposure"].is_unique:
        return frame.sort_values("exposure")
    return frame.sort_values([c for c in frame.columns if frame[c].notna().any()])


def _set_aside(
    frame: pd.DataFrame, headers: pd.DataFrame, reasons: list[tuple[pd.Series | None, str, str]]
) -> Split:
    """Return the rows without a reason against them, and the others with the first one there is."""
    told = []
    for bad, reason, keyword in reasons:
        hit = frame.index[bad[frame.index]] if bad is not None and bad.any() else frame.index[:0]
        told.append(reject(frame.loc[hit], _STAGE, reason, keyword, headers.loc[hit, keyword].tolist()))
        frame = frame.drop(index=hit)
    return Split(frame.reset_index(drop=True), pd.concat(told, ignore_index=True))
