"""Made-up HST data: QA tables and files, drizzled images, catalogs, calibration rows."""

from pathlib import Path

import pandas as pd

from scrub import hst_svm
from scrub.samples import hst as samples

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
        samples.write_image(folder, told)


def qa_files(folder: Path, frame: pd.DataFrame) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for told in frame.to_dict("records"):
        samples.write_qa(folder, told)


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


RULES = hst_svm.read_rules()
FEATURES = ["numexp", "rms_ra", "rms_dec", "nmatches", "point", "segment", "gaia", "det", "wcs", "cat"]
LABELS = [0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 1]


def same(answer, frame: pd.DataFrame) -> None:
    """Assert that features are those of a table."""
    pd.testing.assert_frame_equal(answer.features, hst_svm.run(frame, rules=RULES).features)


def classes(frame: pd.DataFrame) -> pd.DataFrame:
    """The category of each target, as a table of its own."""
    return frame[["header.TARGNAME", "category"]].rename(columns={"header.TARGNAME": "TargName"})


class Archive:
    """A recorded archive: it answers what it knows, fails as often as it is told, and remembers the requests."""

    def __init__(self, known, failures=0):
        self.known, self.failures, self.requests = known, failures, []

    def __call__(self, **criteria):
        self.requests.append(criteria)
        if self.failures:
            self.failures -= 1
            raise OSError("busy")
        names = [name.upper() for name in criteria.get("target_name", ["ANY"])]
        told = [(name, category) for name in names for category in self.known.get(name, [])]
        return pd.DataFrame(told, columns=["target_name", "target_classification"])
