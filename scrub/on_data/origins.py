"""Where a value that was read stands: the file and card of a header, or the line and column of a table."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub.files import urls
from scrub.files.table_files import read_numbered
from scrub.frames.rejects import none_rejected
from scrub.jwst.inputs import to_headers
from scrub.pipeline.reasons import Run, Value
from scrub.tables import Rules

_LIST = ".txt"  # a list of URLs


class Read(NamedTuple):
    """An input, read where it is a table file: what a pipeline takes, its torn lines, and the place of each row."""

    source: pd.DataFrame | str | Path
    torn: pd.DataFrame
    places: Sequence[str] = ()


def read_once(source: pd.DataFrame | str | Path) -> Read:
    """Return an input such that nobody needs to read it again to know where its rows stand.

    Args:
        source: a frame (rows are numbered from 0), a table file, or what has no rows: a folder, a URL, a list of them.

    Raises:
        SourceError: a file that is no table, or cannot be read.

    >>> from scrub import samples
    >>> read_once(samples.TABLE).places[0].rpartition(":")[2], read_once("no-such-folder").places
    ('2', ())
    """
    if isinstance(source, pd.DataFrame):
        return Read(source, none_rejected(), [f"row {number}" for number in range(len(source))])
    path = Path(source)
    if urls.is_url(str(source)) or not path.is_file() or path.suffix == _LIST:
        return Read(source, none_rejected())
    frame, torn, lines = read_numbered(path)
    if frame.empty:
        return Read(source, none_rejected())
    places = [f"{source}:{line}" for line in lines] or [f"{source}, row {number}" for number in range(len(frame))]
    return Read(frame, torn, places)


def place_values(rules: Rules, run: Run, values: Iterable[Value], read: Read) -> list[Value]:
    """Return values with the place of each in the input of a run.

    Args:
        rules: a JWST rule set.
        run: of the input.
        values: of exposures of the run.
        read: the input, as ``read_once`` gives it.

    >>> from scrub import jwst
    >>> from scrub.jwst.reasons import trace
    >>> rules = jwst.read_rules()
    >>> frame = jwst.example(rules)
    >>> value = Value("FILTER", "CLEAR", "jw01018006001_02101_00002_nis")
    >>> place_values(rules, trace(rules, frame), [value], read_once(frame))[0].place
    'row 1, column FILTER'
    """
    files = run.inputs.drop_duplicates("exposure").set_index("exposure")["file"].fillna("")
    hdus = dict(rules["keywords"].column("hdu"))
    rows = _place_rows(rules, read) if not files.astype("bool").any() else {}
    placed = []
    for value in values:
        if file := files.get(value.exposure, ""):
            placed.append(value._replace(place=f"{file}, card {value.keyword} of {hdus[value.keyword]}"))
        else:
            row = rows.get(value.exposure, "")
            placed.append(value._replace(place=f"{row}, column {value.keyword}") if row else value)
    return placed


def _place_rows(rules: Rules, read: Read) -> dict[str, str]:
    """Return the place of each exposure's first row in a table; nothing for an input without rows."""
    if not isinstance(read.source, pd.DataFrame):
        return {}
    names = to_headers(rules, read.source)["exposure"].tolist()
    return dict(zip(reversed(names), reversed(read.places), strict=True))
