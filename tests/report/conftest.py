"""Runs that reports are made of."""

from pathlib import Path

import pytest

from scrub import samples
from scrub.cli import main
from tests.pages import HOSTILE


@pytest.fixture(scope="session")
def saved(tmp_path_factory, sample) -> Path:
    """The folder of a run with rejects and a new word. Nobody may change it."""
    return run_jwst(tmp_path_factory.mktemp("saved"), break_rows(sample))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory, sample) -> Path:
    """The folder of a run on hostile names. Nobody may change it."""
    names = [HOSTILE[i % len(HOSTILE)] for i in range(len(sample))]
    return run_jwst(
        tmp_path_factory.mktemp("hostile"), break_rows(sample.assign(TARGNAME=names), "<svg onload=alert(1)>")
    )


def break_rows(sample, word="F200WX"):
    """The sample with a word that is new, one that is no number, and an exposure type that is none."""
    rows = sample.copy()
    rows.loc[rows.index[5], "PUPIL"] = word
    rows.loc[rows.index[3], "TARG_RA"] = "<b>400</b>"
    rows.loc[rows.index[9], "EXP_TYPE"] = word
    return rows


def run_jwst(folder: Path, rows) -> Path:
    rows.to_csv(folder / "table.csv", index=False)
    assert main.main(["jwst", str(folder / "table.csv"), "--out", str(folder / "out")]) == 1
    return folder / "out"


@pytest.fixture(scope="session")
def saved_hst(tmp_path_factory) -> dict[str, Path]:
    """The folders of a run of each HST pipeline."""
    folder = tmp_path_factory.mktemp("hst")
    samples.write_all(folder)
    classes = ["--classes", str(folder / "hst-svm" / "classes.csv")]
    for name, options in (("hst-svm", classes), ("hst-cal", [])):
        assert main.main([name, str(folder / name), "--out", str(folder / f"{name}-out"), *options]) == 0
    return {name: folder / f"{name}-out" for name in ("hst-svm", "hst-cal")}
