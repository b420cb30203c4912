"""Made-up HST mosaics and calibration data sets, as the files that the observatory's software leaves."""

from pathlib import Path
from typing import Any

import pandas as pd

from scrub.files import atomic
from scrub.files.table_files import read_table
from scrub.pipeline import save

MOSAICS = Path(__file__).with_name("hst_svm.csv")
CALIBRATION = Path(__file__).with_name("hst_cal.csv")
_HEADER = ("TARGNAME", "RA_TARG", "DEC_TARG", "NUMEXP")
_SOURCES = ("detector", "point", "segment")
_GAIA = "Number_of_GAIA_sources"


def write_svm(folder: Path, table: pd.DataFrame | None = None) -> list[Path]:
    """Write mosaics as QA files and drizzled images without pixels, with a table of classes; return their paths.

    Args:
        folder: where to, made if it is not there.
        table: QA results with what image and archive say; the sample unless one is given.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     len(write_svm(Path(folder)))
    37
    """
    rows = (read_table(MOSAICS).good if table is None else table).to_dict("records")
    atomic.folder(folder, "json")
    paths = [path for row in rows for path in (*write_qa(folder, row), write_image(folder, row))]
    pairs = [(row["header.TARGNAME"], row["category"]) for row in rows]
    classes = pd.DataFrame(pairs, columns=["targname", "category"])
    return [*paths, save.table(classes, folder / "classes.csv")]


def write_qa(folder: Path, row: dict[Any, Any]) -> list[Path]:
    """Write the QA files of one mosaic, two as single-visit processing leaves them; return their paths.

    Args:
        folder: where to.
        row: a mosaic.
    """
    shared = {
        "header": {key: row[f"header.{key}"] for key in _HEADER},
        "general information": {"dataframe_index": row["index"], "imgname": row["gen_info.imgname"]},
    }
    blocks = {
        _GAIA.replace("_", " "): {_GAIA.replace("_", " "): row[f"{_GAIA}.{_GAIA}"]},
        "number_of_sources": {key: row[f"number_of_sources.{key}"] for key in _SOURCES},
    }
    return [
        atomic.document(
            {**shared, "data": {name: {"unit": {}, "data": block}}}, folder / f"{row['index']}_svm_{i}.json"
        )
        for i, (name, block) in enumerate(blocks.items())
    ]


def write_image(folder: Path, row: dict[Any, Any]) -> Path:
    """Write the drizzled image of one mosaic, its alignment in extension 1; return its path.

    Args:
        folder: where to; the image lies in the folder of its data set.
        row: a mosaic.
    """
    from astropy.io import fits

    fit = {"RMS_RA": float(row["rms_ra"]), "RMS_DEC": float(row["rms_dec"]), "NMATCHES": int(row["nmatches"])}
    header = fits.Header({**fit, "WCSTYPE": f"fit {row['wcstype']} solution by GAIA"})
    content = fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(header=header)])
    visit = atomic.folder(folder / str(row["index"]).split("_total_")[1], "fits")
    return atomic.fits(content, visit / str(row["gen_info.imgname"]))


def write_cal(folder: Path) -> list[Path]:
    """Write calibration data sets as feature files, ``keyword=value`` a line; return their paths.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     len(write_cal(Path(folder)))
    8
    """
    atomic.folder(folder, "txt")
    return [
        atomic.lines(
            [f"{k}={v}" for k, v in row.items() if k != "ipst"], folder / f"{row['ipst']}_MemModelFeatures.txt"
        )
        for row in read_table(CALIBRATION).good.to_dict("records")
    ]
