"""Nine faults as tables of exposures have them, each planted in a row of its own."""

import pandas as pd

FAULTS = {
    "TARG_RA": "400",
    "FILTER": "F200X",
    "EXP_TYPE": "NRC_IMAEG",
    "GS_MAG": "bright",
    "TARG_DEC": "-95",
    "INSTRUME": "",
    "NEXPOSUR": "-3",
    "PROGRAM": "08888",
}
ONLY_WARN = {"TARG_RA", "FILTER"}


def plant(table: pd.DataFrame, *, name: str = "exposure", spell=str) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return a table with each fault in a row of its own, a row that is there twice, and the line of each fault.

    The table is of text, and clean. Its first rows are of NIRCam, so that each fault is one there.
    """
    table = table.reset_index(drop=True)
    rows = table.index[(table[spell("INSTRUME")] == "NIRCAM") & table[spell("EXP_TYPE")].eq("NRC_IMAGE")]
    rows = [row for row in rows if table.loc[row, spell("FILTER")] not in ("",)][: len(FAULTS) + 1]
    bad, lines = table.copy(), {}
    for row, (column, value) in zip(rows, FAULTS.items(), strict=False):
        bad.loc[row, spell(column)] = value
        lines[column] = row + 2
    again = bad.loc[[rows[len(FAULTS)]]]
    lines[name] = len(bad) + 2
    return pd.concat([bad, again], ignore_index=True), lines
