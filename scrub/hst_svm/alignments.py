"""Alignments: what the drizzled image of a mosaic says of its fit to the sky."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pandas as pd

from scrub.contracts.stage import stage
from scrub.files import fits_headers
from scrub.files.shipped import leaving
from scrub.files.table_files import untracked
from scrub.frames import columns
from scrub.frames.rejects import Fault, Split, set_aside
from scrub.hst_svm.mosaics import parse
from scrub.tables import Rules, words

_STAGE = "hst_svm/alignments"


class Read(NamedTuple):
    """What images say, one row a mosaic, and what is wrong with which of them."""

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
    track: Callable[..., Iterable[Any]] = untracked,
) -> Read:
    """Return what one header of ``{dataset}/{imgname}`` says, by the rule table ``headers``.

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
    asked = [row for row in rules["headers"].records() if row["header"] == header]
    imgname = mosaics["imgname"]
    path = (mosaics["dataset"] + "/" + imgname).map(lambda p: PurePosixPath(p).as_posix(), na_action="ignore")
    outside = leaving(mosaics["dataset"]) | leaving(imgname)
    known = path.mask(outside).dropna().drop_duplicates()
    there = {p for p in known if (folder / p).is_file()}
    files = [folder / p for p in known if p in there]
    read, unread = fits_headers.read_files(files, folder, {header: [row["keyword"] for row in asked]}, track=track)
    found = read.drop_duplicates("file").set_index("file").reindex(path).set_axis(mosaics.index)
    reasons = path.map(dict(zip(unread["what"], unread["reason"], strict=True)))
    faults = [
        Fault(imgname.isna(), "missing", "imgname", imgname),
        Fault(outside, "a path that leaves its folder", "imgname", path),
        Fault(~path.isin(there), "no such file", "imgname", path),
        *(Fault(reasons == reason, str(reason), "imgname", path) for reason in reasons.dropna().unique()),
    ]
    values = {}
    for row in asked:
        cells = found[row["keyword"]]
        values[row["column"]], unreadable = parse(words(rules), _picked(cells, row["words"]), row["kind"])
        faults.append(Fault(values[row["column"]].isna() & ~unreadable, "missing", row["column"], cells))
        faults.append(Fault(unreadable, f"not a {row['kind']}", row["column"], cells))
    return Read(pd.DataFrame(values, index=mosaics.index), faults)


def _picked(cells: pd.Series, places: str) -> pd.Series:
    """Return those words of each cell whose numbers are listed; all of them if none is."""
    if not places:
        return cells
    kept = [int(place) - 1 for place in places.split()]
    codes, distinct = pd.factorize(cells)
    told = [" ".join(word for i, word in enumerate(cell.split()) if i in kept) for cell in distinct]
    return pd.Series([*told, None], dtype="str").take(codes).set_axis(cells.index)


def scraper(rules: Rules, folder: Path, *, track: Callable[..., Iterable[Any]] = untracked) -> Scrape:
    """Return the function that reads the images of one folder, for the step ``alignments``."""
    return partial(from_images, rules, folder, track=track)
