"""One exposure as a row of text, and what becomes of it."""

import pandas as pd

from scrub import jwst
from scrub.frames import cells
from tests.strategies import RULES

WORDS = cells.Words(
    {"NaN", "nan", "NAN", "N/A", "NA", "NONE", "None", "none", "NULL", "null", "--"},
    {"True", "true", "TRUE", "T", "t", "1"},
    {"False", "false", "FALSE", "F", "f", "0", "No", "no", "NO"},
)
BASE = {
    "exposure": "e1", "PROGRAM": "1018", "OBSERVTN": "6", "TARG_RA": "80.4875", "TARG_DEC": "-69.4975",
    "CRVAL1": "80.4875", "CRVAL2": "-69.4975", "EXP_TYPE": "MIR_IMAGE", "INSTRUME": "MIRI", "FILTER": "F770W",
    "VISITYPE": "PRIME_TARGETED_FIXED",
}  # fmt: skip
PLACE = {"TARG_DEC": "-69.4975", "CRVAL1": "80.4875", "CRVAL2": "-69.4975", "OBSERVTN": "6"}
LYOT = {
    **PLACE, "PROGRAM": "1018", "EXP_TYPE": "MIR_LYOT", "INSTRUME": "MIRI", "DETECTOR": "MIRIMAGE", "FILTER": "F2300C",
    "VISITYPE": "PRIME_TARGETED_FIXED", "SUBARRAY": "MASKLYOT", "TARG_RA": "80.4875", "TARGNAME": "IO",
    "PATTTYPE": "NONE", "NINTS": "10", "ACT_ID": "02", "OBS_ID": "V1",
}  # fmt: skip


def one(**cells) -> jwst.Answer:
    """Run the exposure with some cells changed."""
    return jwst.run(pd.DataFrame([{**BASE, **cells}]), rules=RULES)
