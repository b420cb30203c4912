"""Where a value that was read stands: the file and card of a header, or the line and column of a table."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from scrub.files import any_table, urls
from scrub.jwst.inputs import to_headers
from scrub.pipeline.reasons import Run, Value
from scrub.tables import Rules


def place_values(rules: Rules, run: Run, values: Iterable[Value], source: pd.DataFrame | str | Path) -> list[Value]:
    """Return values with the place of each in the input of a run.

    Args:
        rules: a JWST rule set.
        run: of the input.
        values: of exposures of the run.
        source: the input: a frame (rows are numbered from 0), a table file, or a folder of FITS files.

    >>> from scrub import jwst
    >>> from scrub.jwst.reasons import trace
    >>> rules = jwst.read_rules()
    >>> frame = jwst.example(rules)
    >>> value = Value("FILTER", "CLEAR", "jw01018006001_02101_00002_nis")
    >>> place_values(rules, trace(rules, frame), [value], frame)[0].place
    'row 1, column FILTER'
    """
    files = run.inputs.drop_duplicates("exposure").set_index("exposure")["file"].fillna("")
    hdus = dict(rules["keywords"].column("hdu"))
    rows = _number_rows(rules, source) if not files.astype("bool").any() else {}
    placed = []
    for value in values:
        if file := files.get(value.exposure, ""):
            placed.append(value._replace(place=f"{file}, card {value.keyword} of {hdus[value.keyword]}"))
        else:
            row = rows.get(value.exposure, "")
            placed.append(value._replace(place=f"{row}, column {value.keyword}") if row else value)
    return placed


def _number_rows(rules: Rules, source: pd.DataFrame | str | Path) -> dict[str, str]:
    """Return the place of each exposure's row in a table: its line, or its number where the file has no lines."""
    if isinstance(source, pd.DataFrame):
        frame, numbers = source, [f"row {number}" for number in range(len(source))]
    elif urls.is_url(str(source)) or not Path(source).is_file():
        return {}
    else:
        table = any_table.read_any(str(source))
        frame = table.frame
        numbers = [f"{source}:{line}" for line in table.lines] or [f"{source}, row {n}" for n in range(len(frame))]
    names = to_headers(rules, frame)["exposure"].tolist()
    return dict(zip(reversed(names), reversed(numbers), strict=True))
