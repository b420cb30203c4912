"""What an older toolkit answered on the same data sets."""

import json

import pandas as pd

from scrub import hst_cal


def test_the_goldens(goldens):
    golden = json.loads((goldens / "hst" / "v114.json").read_text())
    answer = hst_cal.run(pd.DataFrame.from_dict(golden["cal_input"], orient="index"))
    assert {name: row.tolist() for name, row in answer.features.iterrows()} == {
        name: golden[f"cal_{name}"] for name in golden["cal_input"]
    }
