"""What several tests share: rule sets, small FITS files, and where data from outside may lie."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, settings

from scrub import jwst, samples
from scrub.files.table_files import read_table

PHASES = (Phase.explicit, Phase.generate, Phase.shrink)
settings.register_profile(
    "project",
    deadline=None,
    max_examples=10,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
    phases=PHASES,
)
settings.load_profile("project")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


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
