"""Exposures drawn from the rule tables, with small alphabets so that things collide."""

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
missing = st.sampled_from(["", "NONE", "N/A", "NaN"])


def words(rules: Rules, keyword: str) -> st.SearchStrategy[str]:
    """Words that have a code, words that the rules ask for, and missing ones."""
    coded = rules["encodings"].rows.query("column == @keyword")["value"]
    classes = rules["classes"].rows
    classed = classes.loc[classes["keyword"] == keyword.upper(), "pattern"].str.replace("*", "X")
    return st.sampled_from(sorted(coded)[:8] + sorted(set(classed) - {"NONE"})) | missing


def more(draw, rules: Rules) -> dict[str, str]:
    """Keywords that only some rule sets read."""
    drawn = {
        "IS_PSF": draw(st.sampled_from(["F", "f", "t", ""])),
        "PATTTYPE": draw(st.sampled_from(["NONE", "WFSC", "4-POINT-NOD", "CYCLING", "", "NaN"])),
        "MSAMETFL": draw(st.sampled_from(["jw01_msa.fits", "F", "N/A"])),
        "NINTS": draw(st.sampled_from(["1", "10", "10.0", ""])),
        "ACT_ID": draw(st.sampled_from(["2", "02", "0A", ""])),
        "OBS_ID": "V1",
    }
    return {keyword: word for keyword, word in drawn.items() if keyword in rules.lists["keyword"]}


angles = st.floats(0, 360, exclude_max=True, allow_subnormal=False)
latitudes = st.floats(-89, 89, allow_subnormal=False)


@st.composite
def exposure(draw, rules=RULES):
    """One row of a table, as text; its name is not yet unique."""
    exp_type = draw(st.sampled_from(level3(rules) + others(rules)[:3]))
    detector = draw(st.sampled_from(DETECTORS[exp_type[:3]]))
    ra, dec = draw(st.sampled_from([0.0, 80.4875, 359.9999])), draw(st.sampled_from([0.0, -69.4975, 85.0]))
    shift = draw(st.integers(0, 5)) * 1e-3
    return {
        "PROGRAM": draw(st.sampled_from(["1018", "01019"])),
        "OBSERVTN": draw(st.sampled_from(["1", "002"])),
        "NEXPOSUR": "4",
        "BKGDTARG": draw(st.sampled_from(["t", "f"])),
        "IS_IMPRT": "F",
        "VISITYPE": draw(st.sampled_from(VISITS) | st.just("PRIME_TARGETED_FIXED")),
        "TSOVISIT": draw(st.sampled_from(["True", "TRUE", "t", "f", "False", ""])),
        "TARGNAME": draw(st.sampled_from(["NGC 104", "IO", "NONE", ""])),
        "TARG_RA": draw(st.just(str(ra)) | missing),
        "TARG_DEC": str(dec),
        "INSTRUME": INSTRUMENT[exp_type[:3]],
        "DETECTOR": detector,
        "FILTER": draw(words(rules, "filter")),
        "PUPIL": draw(words(rules, "pupil")),
        "GRATING": draw(words(rules, "grating")),
        "FXD_SLIT": draw(st.sampled_from(["S200A1", "NONE", ""])),
        "EXP_TYPE": exp_type,
        "CHANNEL": draw(st.sampled_from(["SHORT", "12"]) | missing),
        "BAND": draw(st.sampled_from(["SHORT", "MEDIUM-LONG", "NONE"])),
        "SUBARRAY": draw(st.sampled_from(["FULL", "SUB64", "", "MASK1065"])),
        "NUMDTHPT": draw(st.sampled_from(["4", "NONE"])),
        "GS_RA": str(ra),
        "GS_DEC": str(dec),
        "GS_MAG": draw(st.sampled_from(["14.2", "15.0", "NaN"])),
        "CROWDFLD": "f",
        "RA_REF": str(ra),
        "DEC_REF": str(dec + shift),
        "CRVAL1": draw(st.just(str(ra)) | missing | st.sampled_from(["400", "inf", "x"])),
        "CRVAL2": str(dec + shift),
        **more(draw, rules),
    }


def _table(rows: list[dict[str, str]]) -> pd.DataFrame:
    return pd.DataFrame([{"exposure": f"e{i:02d}", **row} for i, row in enumerate(rows)], dtype="str")


def tables(min_size: int = 1, max_size: int = 10, **options) -> st.SearchStrategy[pd.DataFrame]:
    """Tables of exposures, each with a name of its own."""
    return st.lists(exposure(**options), min_size=min_size, max_size=max_size).map(_table)
