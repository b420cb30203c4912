"""Made-up HST data: QA tables and files, drizzled images, catalogs, calibration rows."""

import json
from pathlib import Path

import pandas as pd

DETECTORS = {"hrc": "acs", "ir": "wfc3", "sbc": "acs", "uvis": "wfc3", "wfc": "acs"}
CATEGORIES = [
    "CALIBRATION;X", "SOLAR SYSTEM;JUPITER", "ISM;HII REGION", "EXT-MEDIUM", "STAR;WD", "EXT-STAR",
    "UNIDENTIFIED;PARALLEL FIELD", "STELLAR CLUSTER;GLOBULAR", "EXT-CLUSTER;X", "CLUSTER OF GALAXIES;X",
    "GALAXY;SPIRAL", "None", "",
]  # fmt: skip
SOLUTIONS = ["a posteriori", "a priori", "default a", "not aligned"]


def index(i: int, detector: str = "ir", more: str = "") -> str:
    return f"hst_{10000 + i}_{i % 100:02d}_{DETECTORS.get(detector, 'acs')}_{detector}_total_i{i:05d}{more}"


def row(i: int, detector: str = "ir", more: str = "", **cells) -> dict:
    """One QA result, with what its image and the archive would say."""
    name = index(i, detector, more)
    return {
        "index": name,
        "header.TARGNAME": f"TARG-{i}",
        "header.RA_TARG": i % 360 + 0.5,
        "header.DEC_TARG": i % 90 - 0.5,
        "header.NUMEXP": i % 20,
        "gen_info.imgname": f"{name}_drz.fits",
        "Number_of_GAIA_sources.Number_of_GAIA_sources": 7 * i,
        "number_of_sources.detector": detector,
        "number_of_sources.point": 10 * i,
        "number_of_sources.segment": 11 * i,
        "rms_ra": 0.5 * i,
        "rms_dec": -1.0,
        "nmatches": i,
        "wcstype": SOLUTIONS[i % 4],
        "category": CATEGORIES[i % len(CATEGORIES)],
        **cells,
    }


def table(count: int) -> pd.DataFrame:
    names = list(DETECTORS)
    return pd.DataFrame([row(i, names[i % 5]) for i in range(count)])


FOUND = ["rms_ra", "rms_dec", "nmatches", "wcstype", "category"]


def bare(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as QA leaves it: nothing of images or the archive."""
    return frame.drop(columns=FOUND)


def image(path: Path, *, primary: dict | None = None, **keywords) -> Path:
    """A drizzled image without pixels: what is said of its alignment is in extension 1."""
    from astropy.io import fits

    path.parent.mkdir(parents=True, exist_ok=True)
    content = fits.HDUList(
        [fits.PrimaryHDU(header=fits.Header(primary or {})), fits.ImageHDU(header=fits.Header(keywords))]
    )
    content.writeto(path)
    return path


def images(folder: Path, frame: pd.DataFrame) -> None:
    for told in frame.to_dict("records"):
        image(
            folder / told["index"].split("_total_")[1] / told["gen_info.imgname"],
            RMS_RA=told["rms_ra"],
            RMS_DEC=told["rms_dec"],
            NMATCHES=told["nmatches"],
            WCSTYPE=f"fit {told['wcstype']} solution by GAIA",
        )


def qa_files(folder: Path, frame: pd.DataFrame) -> None:
    """Two QA files a data set, as single-visit processing leaves them."""
    folder.mkdir(parents=True, exist_ok=True)
    for told in frame.to_dict("records"):
        shared = {
            "header": {key: told[f"header.{key}"] for key in ("TARGNAME", "RA_TARG", "DEC_TARG", "NUMEXP")}
            | {"FOO": 1},
            "general information": {"dataframe_index": told["index"], "imgname": told["gen_info.imgname"]},
        }
        gaia = {"Number of GAIA sources": told["Number_of_GAIA_sources.Number_of_GAIA_sources"]}
        sources = {key: told[f"number_of_sources.{key}"] for key in ("detector", "point", "segment")}
        for i, (name, inner) in enumerate([("Number of GAIA sources", gaia), ("number_of_sources", sources)]):
            item = {"original format": "<class 'dict'>", "unit": {}, "data": inner}
            text = json.dumps({**shared, "data": {name: item}})
            (folder / f"{told['index']}_svm_{i}.json").write_text(text)


def catalog(path: Path, columns: dict[str, list]) -> None:
    from astropy.table import Table

    path.parent.mkdir(parents=True, exist_ok=True)
    Table(columns).write(path, format="ascii.ecsv")


_NAMES = ["DRIZCORR", "PCTECORR", "DETECTOR", "SUBARRAY", "CRSPLIT", "n_files", "total_mb"]
CAL = {
    "j8zs05020": dict(zip(_NAMES, ["PERFORM", "PERFORM", "WFC", "False", "2", 61, "1237.5"], strict=True)),
    "la8mffg5q": dict(zip(_NAMES, ["OMIT", "OMIT", "FUV", "False", "NaN", 1, 6.5], strict=True)),
}


def feature_files(folder: Path) -> None:
    for name, keywords in CAL.items():
        (folder / name).mkdir(parents=True)
        text = "\n".join(f"{key}={value}" for key, value in keywords.items())
        (folder / name / f"{name}_MemModelFeatures.txt").write_text(text + "\n\n")
