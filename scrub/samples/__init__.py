"""Samples: made-up data for each pipeline, as the small files that observatories leave.

The JWST exposures, one at least for every Level-3 type, become header-only FITS files. What the files say is in the
tables beside this module.
"""

from pathlib import Path

from scrub import jwst
from scrub.files import atomic
from scrub.files.table_files import read_table
from scrub.frames.cells import flag, number
from scrub.samples import hst
from scrub.tables import Rules, words

TABLE = Path(__file__).with_name("jwst.csv")


def write_all(folder: Path) -> dict[str, list[Path]]:
    """Write the samples of every pipeline, each into a folder named like its command; return their paths."""
    return {
        "jwst": write_jwst(folder / "jwst"),
        "hst-svm": hst.write_svm(folder / "hst-svm"),
        "hst-cal": hst.write_cal(folder / "hst-cal"),
    }


def write_jwst(folder: Path, *, rules: Rules | None = None) -> list[Path]:
    """Write the sample as Level-1b FITS files without pixels; return their paths.

    Args:
        folder: where to, made if it is not there.
        rules: a JWST rule set, which says where each keyword goes and what it is.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     len(write_jwst(Path(folder)))
    57
    """
    from astropy.io import fits

    rules = rules or jwst.read_rules()
    spell = words(rules)
    table = read_table(TABLE).good
    keywords = [row for row in rules["keywords"].records() if row["keyword"] in table]
    typed = table.assign(
        **{
            row["keyword"]: (flag if row["kind"] == "flag" else number)(spell, cells).values
            for row in keywords
            if row["kind"] in ("flag", "ra", "dec", "number", "count")
            for cells in [table[row["keyword"]]]
        }
    )
    atomic.folder(folder, "fits")
    paths = []
    for exposure in typed.to_dict("records"):
        headers = {hdu: fits.Header() for hdu in ("PRIMARY", "SCI")}
        for row in keywords:
            value = exposure[row["keyword"]]
            if value == value and value != "":
                whole = row["kind"] == "count"
                headers[row["hdu"]][row["keyword"]] = int(value) if whole else value
        content = fits.HDUList(
            [fits.PrimaryHDU(header=headers["PRIMARY"]), fits.ImageHDU(header=headers["SCI"], name="SCI")]
        )
        paths.append(atomic.fits(content, folder / f"{exposure['exposure']}_uncal.fits"))
    return paths
