"""Too old a pandas is refused in one sentence, by the package and by the command."""

import os
import subprocess
import sys

import pytest

SENTENCE = "skyscrub needs pandas 3; here is pandas 2.2.3: pip install --upgrade 'pandas>=3'"
OLD = "import pandas, sys; pandas.__version__ = '2.2.3'; "


def run(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", OLD + code], capture_output=True, text=True, check=False, env=os.environ
    )


@pytest.mark.parametrize("room", ["jwst", "hst_cal", "tables"])
def test_the_package_refuses_an_old_pandas(room):
    done = run(f"from scrub import {room}")
    assert done.stderr.splitlines()[-1] == f"ImportError: {SENTENCE}"


@pytest.mark.slow
def test_the_command_ends_in_a_sentence(tmp_path):
    done = run(f"from scrub.cli.main import main; sys.exit(main(['jwst', {str(tmp_path)!r}]))")
    assert (done.returncode, done.stderr.strip()) == (3, f"skyscrub: {SENTENCE}")
