"""Exposures drawn from the rule tables, with small alphabets so that things collide."""

from functools import cache

import pandas as pd
from hypothesis import strategies as st

from scrub import jwst
from scrub.tables import Rules

RULES = jwst.read_rules()
DMS = jwst.read_rules("jwst_dms")


def level3(rules: Rules) -> list[str]:
    """Exposure types that may make a product."""
    cells = rules["exposure_types"].rows.query("group != 'none'")["exp_type"]
    return sorted({word for cell in cells for word in cell.split("|")})


def others(rules: Rules) -> list[str]:
    """Exposure types that make none."""
    return sorted(set(rules.lists["exp_type"]) - set(level3(rules)))


VISITS = [word for word in RULES.lists["visitype"] if word != "NONE"]
INSTRUMENT = {"FGS": "FGS", "MIR": "MIRI", "NIS": "NIRISS", "NRC": "NIRCAM", "NRS": "NIRSPEC"}
DETECTORS = {
    "FGS": ["GUIDER1", "GUIDER2"],
    "MIR": ["MIRIMAGE", "MIRIFUSHORT", "MIRIFULONG"],
    "NIS": ["NIS"],
    "NRC": ["NRCA1", "NRCB2", "NRCALONG"],
    "NRS": ["NRS1", "NRS2"],
}
CHANNELS = dict(
    row for row in RULES["channels"].rows[["pattern", "channel"]].itertuples(index=False, name=None) if row[0] != "*"
)
OWN = RULES["instrument_words"].rows.groupby(["instrume", "keyword"])["word"].agg(list).to_dict()
missing = st.sampled_from(["", "NONE", "N/A", "NaN"])


@cache
def coded(rules: Rules, keyword: str) -> tuple[str, ...]:
    """Words of a keyword that have a code, some of them, and words that the rules ask for."""
    pairs = rules["encodings"].rows.query("column == @keyword")["value"]
    classes = rules["classes"].rows
    classed = classes.loc[classes["keyword"] == keyword.upper(), "pattern"].str.replace("*", "X")
    return (*sorted(pairs)[:8], *sorted(set(classed) - {"NONE"}))


def words(rules: Rules, keyword: str) -> st.SearchStrategy[str]:
    """Words of a keyword, and missing ones."""
    return st.sampled_from(coded(rules, keyword)) | missing


def more(rules: Rules) -> dict[str, st.SearchStrategy[str]]:
    """Keywords that only some rule sets read."""
    keywords = {
        "IS_PSF": st.sampled_from(["F", "f", "t", ""]),
        "PATTTYPE": st.sampled_from(["NONE", "WFSC", "4-POINT-NOD", "CYCLING", "", "NaN"]),
        "MSAMETFL": st.sampled_from(["jw01_msa.fits", "F", "N/A"]),
        "NINTS": st.sampled_from(["1", "10", "10.0", ""]),
        "ACT_ID": st.sampled_from(["2", "02", "0A", ""]),
        "OBS_ID": st.just("V1"),
    }
    return {keyword: word for keyword, word in keywords.items() if keyword in rules.lists["keyword"]}


angles = st.floats(0, 360, exclude_max=True, allow_subnormal=False)
latitudes = st.floats(-89, 89, allow_subnormal=False)
positions = st.tuples(
    st.sampled_from([0.0, 80.4875, 359.9999]), st.sampled_from([0.0, -69.4975, 85.0]), st.integers(0, 5)
)


@cache
def exposure(rules: Rules = RULES) -> st.SearchStrategy[dict[str, str]]:
    """One row of a table, as text; its name is not yet unique."""
    drawn = {
        "PROGRAM": st.sampled_from(["1018", "01019"]),
        "OBSERVTN": st.sampled_from(["1", "002"]),
        "BKGDTARG": st.sampled_from(["t", "f"]),
        "VISITYPE": st.sampled_from(VISITS) | st.just("PRIME_TARGETED_FIXED"),
        "TSOVISIT": st.sampled_from(["True", "TRUE", "t", "f", "False", ""]),
        "TARGNAME": st.sampled_from(["NGC 104", "IO", "NONE", ""]),
        "TARG_RA": st.just("here") | missing,
        "FILTER": words(rules, "filter"),
        "PUPIL": words(rules, "pupil"),
        "GRATING": words(rules, "grating"),
        "FXD_SLIT": st.sampled_from(["S200A1", "NONE", ""]),
        "CHANNEL": st.sampled_from(["SHORT", "12"]) | missing,
        "BAND": st.sampled_from(["SHORT", "MEDIUM-LONG", "NONE"]),
        "SUBARRAY": st.sampled_from(["FULL", "SUB64", "", "MASK1065"]),
        "NUMDTHPT": st.sampled_from(["4", "NONE"]),
        "GS_MAG": st.sampled_from(["14.2", "15.0", "NaN"]),
        "CRVAL1": st.just("here") | missing | st.sampled_from(["400", "inf", "x"]),
        **more(rules),
    }
    kinds = st.sampled_from([(t, d) for t in (*level3(rules), *others(rules)[:3]) for d in DETECTORS[t[:3]]])
    return st.builds(_row, kinds, positions, st.fixed_dictionaries(drawn))


def mend(instrument: str, detector: str, keyword: str, word: str) -> str:
    """The word that agrees with instrument and detector, where a drawn one is a letter off or of another detector."""
    if keyword == "CHANNEL" and word in CHANNELS.values():
        return CHANNELS.get(detector, word)
    own = OWN.get((instrument, keyword), [])
    near = [w for w in own if len(w) == len(word) and sum(a != b for a, b in zip(w, word, strict=True)) == 1]
    return near[0] if near and word not in own else word


def _row(kind: tuple[str, str], position: tuple[float, float, int], drawn: dict[str, str]) -> dict[str, str]:
    """A row of one exposure type and detector that points to a position, or a little north of it."""
    exp_type, detector = kind
    ra, dec, north = str(position[0]), str(position[1]), str(position[1] + position[2] * 1e-3)
    here = {key: ra for key in ("TARG_RA", "CRVAL1") if drawn[key] == "here"}
    drawn = {key: mend(INSTRUMENT[exp_type[:3]], detector, key, word) for key, word in drawn.items()}
    return {
        "NEXPOSUR": "4", "IS_IMPRT": "F", "CROWDFLD": "f", "INSTRUME": INSTRUMENT[exp_type[:3]], "DETECTOR": detector,
        "EXP_TYPE": exp_type, "TARG_DEC": dec, "GS_RA": ra, "GS_DEC": dec, "RA_REF": ra, "DEC_REF": north,
        "CRVAL2": north, **drawn, **here,
    }  # fmt: skip


def _table(rows: list[dict[str, str]]) -> pd.DataFrame:
    return pd.DataFrame([{"exposure": f"e{i:02d}", **row} for i, row in enumerate(rows)], dtype="str")


def tables(min_size: int = 1, max_size: int = 10, **options) -> st.SearchStrategy[pd.DataFrame]:
    """Tables of exposures, each with a name of its own."""
    return st.lists(exposure(**options), min_size=min_size, max_size=max_size).map(_table)


def crowds(**options) -> st.SearchStrategy[pd.DataFrame]:
    """Tables of up to sixty exposures, twenty or so as a rule: a run of them costs hardly more than one of two."""
    few = st.lists(exposure(**options), min_size=1, max_size=10)
    return st.lists(few, min_size=1, max_size=6).map(lambda parts: _table([row for rows in parts for row in rows]))
