"""Options of pandas that a user may have set change no answer."""

import subprocess
import sys

import pytest

CODE = """
import sys, tempfile, warnings
from pathlib import Path
import pandas as pd
warnings.simplefilter("ignore")
if len(sys.argv) > 1:
    pd.set_option(sys.argv[1], {"False": False}.get(sys.argv[2], sys.argv[2]))
from scrub import hst_cal, hst_svm, jwst, samples, score
from scrub.files.table_files import read_table
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    samples.write_all(folder)
    classes = hst_svm.classes(hst_svm.read_rules(), folder / "hst-svm" / "classes.csv")
    table = read_table(samples.TABLE).good
    bad = table.head(3).astype("object").assign(EXP_TYPE=["x", None, ["a"]], exposure=["a", "b", "c"])
    for answer in (
        jwst.run(folder / "jwst"), jwst.run(samples.TABLE, rules="jwst_dms"), jwst.run(table.astype("object")),
        jwst.run(bad), hst_cal.run(folder / "hst-cal"), hst_svm.run(folder / "hst-svm", classify=classes),
    ):
        for part in answer:
            for frame in part.values() if isinstance(part, dict) else [part]:
                if isinstance(frame, pd.DataFrame):
                    print(list(map(str, frame.dtypes)), frame.to_csv())
                else:
                    print(frame)
"""


def answers(*option):
    process = subprocess.run([sys.executable, "-c", CODE, *option], capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
    return process.stdout


@pytest.mark.slow
def test_no_option_of_pandas_changes_an_answer():
    plain = answers()
    assert len(plain) > 10_000
    assert answers("mode.string_storage", "python") == plain
    assert answers("future.infer_string", "False") == plain
