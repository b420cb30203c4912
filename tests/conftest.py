"""What several tests share: profiles, rule sets, small FITS files, and where data from outside may lie."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pandas as pd
import pytest

from scrub import jwst, samples
from scrub.files.table_files import read_table
from tests import hst, profiles
from tests.data import GOLDENS, SHARED

profiles.load()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave deep tests, and those in a browser, out, unless ``-m`` names them."""
    for marker in ("nightly", "browser"):
        if marker not in config.option.markexpr:
            deep = [item for item in items if item.get_closest_marker(marker)]
            config.hook.pytest_deselected(items=deep)
            items[:] = [item for item in items if item not in deep]


@pytest.fixture(scope="session")
def rules():
    return jwst.read_rules()


@pytest.fixture(scope="session", params=["1", "2", "3"])
def edition(request):
    return request.param


@pytest.fixture(scope="session")
def sample() -> pd.DataFrame:
    """The sample exposures as a table of text."""
    return read_table(samples.TABLE).good


@pytest.fixture(scope="session")
def fits_folder(tmp_path_factory) -> Path:
    """The sample exposures as FITS files. Nobody may change it: copy what is to be broken."""
    folder = tmp_path_factory.mktemp("fits")
    samples.write_jwst(folder)
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("no data from outside here")
    return SHARED


@pytest.fixture(scope="session", params=["shipped", "full"])
def goldens(request) -> Path:
    """What an older toolkit answered: the part that ships, and all of it where that is at hand."""
    folder = GOLDENS if request.param == "shipped" else SHARED / "spacekit_golden"
    if not folder.is_dir():
        pytest.skip("no full goldens here")
    return folder


@pytest.fixture
def astroquery(monkeypatch, tmp_path):
    """A stand-in for astroquery with a recorded archive."""
    package, exceptions, client = (
        ModuleType(name) for name in ("astroquery", "astroquery.exceptions", "astroquery.mast")
    )
    for name in ("InvalidQueryError", "RemoteServiceError", "TimeoutError"):
        setattr(exceptions, name, type(name, (Exception,), {}))
    archive = hst.Archive({"TARG-0": ["ISM;X"], "ANY": ["STAR;X"]})

    def query_criteria(**criteria):
        try:
            found = archive(**criteria)
        except OSError as error:
            raise exceptions.RemoteServiceError("closed") from error
        return SimpleNamespace(to_pandas=lambda: found)

    client.Observations = SimpleNamespace(query_criteria=query_criteria)
    package.exceptions = exceptions
    for module in (package, exceptions, client):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return archive
