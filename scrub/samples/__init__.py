"""Samples: made-up exposures, one at least for every Level-3 type, as small header-only FITS files.

The keywords are in ``jwst.csv`` beside this file; the files are made from it.
"""

from pathlib import Path

from scrub import jwst, write
from scrub.missing import flag, number
from scrub.source import read_table
from scrub.tables import Rules, words

TABLE = Path(__file__).with_name("jwst.csv")


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
            row["keyword"]: flag(spell, cells) if row["kind"] == "flag" else number(spell, cells).values
            for row in keywords
            if row["kind"] in ("flag", "ra", "dec", "number", "count")
            for cells in [table[row["keyword"]]]
        }
    )
    write.folder(folder, "fits")
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
        paths.append(write.fits(content, folder / f"{exposure['exposure']}_uncal.fits"))
    return paths
