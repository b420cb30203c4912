"""Alignments: the fit of a mosaic to the sky, from the header of its drizzled image."""

from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pandas as pd

from scrub.contracts.stage import stage
from scrub.files import fits_headers
from scrub.files.shipped import find_leaving
from scrub.files.table_files import Track, untracked
from scrub.frames import columns
from scrub.frames.cells import TEXT
from scrub.frames.rejects import Fault, Split, set_aside
from scrub.pipeline.kinds import find_unreadable, parse
from scrub.tables import Rules, words

_STAGE = "hst_svm/alignments"


class Read(NamedTuple):
    """Header values of images, one row a mosaic, and what is wrong with which of them."""

    values: pd.DataFrame
    faults: list[Fault]


Scrape = Callable[[pd.DataFrame], Read]


@stage("hst_svm/mosaics", _STAGE)
def alignments(rules: Rules, mosaics: pd.DataFrame, *, scrape: Scrape | None = None) -> Split:
    """Return mosaics with rms_ra, rms_dec (milliarcseconds), nmatches and wcstype.

    Args:
        rules: an HST mosaic rule set.
        mosaics: mosaics under the contract ``hst_svm/mosaics``.
        scrape: reads the images, as ``from_images`` does; without it the mosaics must have the columns.

    Raises:
        ContractError: no column and no ``scrape``; when called directly, if any row is rejected.

    >>> from scrub import hst_svm
    >>> rules = hst_svm.read_rules()
    >>> table = hst_svm.mosaics(rules, hst_svm.example(rules))
    >>> alignments(rules, table)["wcstype"].tolist()
    ['a posteriori']
    """
    if scrape is None:
        return Split(mosaics, set_aside(mosaics, _STAGE, []).rejected)
    values, faults = scrape(mosaics)
    good, rejected = set_aside(columns.order(mosaics.assign(**values), _order(mosaics, values)), _STAGE, faults)
    kinds = {row["column"]: row["kind"] for row in rules["headers"].records()}
    return Split(good.astype({c: "int64" for c in values if kinds[str(c)] == "count"}), rejected)


def _order(mosaics: pd.DataFrame, values: pd.DataFrame) -> list[str]:
    last = [c for c in ("category", "label") if c in mosaics]
    return [*(c for c in mosaics.columns if c not in values and c not in last), *values.columns, *last]


def from_images(
    rules: Rules,
    folder: Path,
    mosaics: pd.DataFrame,
    *,
    header: str = "1",
    track: Track = untracked,
) -> Read:
    """Return the values of one header of ``{dataset}/{imgname}``, by the rule table ``headers``.

    Args:
        rules: an HST mosaic rule set.
        folder: where the folders of the data sets are.
        mosaics: rows with ``dataset`` and ``imgname``.
        header: ``PRIMARY``, or the number of an extension.
        track: wraps the iteration over files, to show progress.

    Returns:
        The columns of the table, under the index of the mosaics; the faults are a path that would leave
        the folder, a file that is not there or cannot be read, a keyword that is lacking or of another kind.
    """
    rows = [row for row in rules["headers"].records() if row["header"] == header]
    imgname = mosaics["imgname"]
    path = (mosaics["dataset"] + "/" + imgname).map(lambda p: PurePosixPath(p).as_posix(), na_action="ignore")
    outside = find_leaving(mosaics["dataset"]) | find_leaving(imgname)
    known = path.mask(outside).dropna().drop_duplicates()
    there = [p for p in known if (folder / p).is_file()]
    read, unread, _ = fits_headers.read_files(there, folder, {header: [row["keyword"] for row in rows]}, track=track)
    cards = read.drop_duplicates("file").set_index("file").reindex(path).set_axis(mosaics.index)
    reasons = path.map(dict(zip(unread["what"], unread["reason"], strict=True)))
    faults = [
        Fault(imgname.isna(), "missing", "imgname", imgname),
        Fault(outside, "a path that leaves its folder", "imgname", path),
        Fault(~path.isin(there), "no such file", "imgname", path),
        *(Fault(reasons == reason, str(reason), "imgname", path) for reason in reasons.dropna().unique()),
    ]
    values = {}
    for row in rows:
        column, cells = row["column"], cards[row["keyword"]]
        parsed = parse(words(rules), _pick_words(cells, row["words"]), row["kind"])
        values[column] = parsed.values
        faults.append(Fault(parsed.values.isna() & ~parsed.unreadable, "missing", column, cells))
        faults += find_unreadable(parsed, row["kind"], column, cells)
    return Read(pd.DataFrame(values, index=mosaics.index), faults)


def _pick_words(cells: pd.Series, numbers: str) -> pd.Series:
    """Return those words of each cell whose numbers are listed; all of them if none is."""
    if not numbers:
        return cells
    kept = [int(number) - 1 for number in numbers.split()]
    codes, distinct = pd.factorize(cells)
    picked = [" ".join(word for i, word in enumerate(cell.split()) if i in kept) for cell in distinct]
    return pd.Series([*picked, None], dtype=TEXT).take(codes).set_axis(cells.index)


def scraper(rules: Rules, folder: Path, *, track: Track = untracked) -> Scrape:
    """Return the function that reads the images of one folder, for the step ``alignments``.

    Args:
        rules: an HST mosaic rule set.
        folder: where the folders of the data sets are.
        track: wraps the iteration over files, to show progress.
    """
    return partial(from_images, rules, folder, track=track)
