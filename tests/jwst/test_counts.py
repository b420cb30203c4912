"""Counts made of keywords: among what keeps products of one name apart, they are columns of the exposures."""

from dataclasses import replace

import numpy as np
import pandas as pd

from scrub import jwst, samples
from scrub.files.table_files import read_table
from scrub.frames.arrays import make_cells
from scrub.jwst.counts import count_keys
from scrub.on_data.explain import explain

RULES2 = jwst.read_rules("jwst_dms2")


def test_counts_among_keys_become_columns_and_no_others():
    members = {
        "case": np.array([0, 1, 1]),
        "PATT_NUM": pd.array([1, 4, None], dtype="Int64"),
        "SUBPXPTS": pd.array([1, 3, 1], dtype="Int64"),
    }
    columns = count_keys(RULES2, members, {"keys": make_cells(["", "CHANNEL primary"])})
    assert list(columns) == ["primary"]
    assert columns["primary"].tolist()[:2] == [0, 1]
    assert np.isnan(columns["primary"][2])


def test_a_count_may_stand_among_the_keys_of_a_name():
    table = RULES2["product_names"]
    keys = tuple(f"{cell} primary points".strip() for cell in table.cells["keys"])
    rules = replace(RULES2, tables={**RULES2.tables, table.name: table._replace(cells={**table.cells, "keys": keys})})
    sample = read_table(samples.TABLE).good
    answer, before = (jwst.run(sample, rules=own) for own in (rules, RULES2))
    assert answer.members["product_id"].equals(before.members["product_id"])
    features = next(frame for frame in answer.features.values() if len(frame))
    assert explain(rules, "jwst_dms2", f"{features.index[0]}:{features.columns[0]}", sample)[0].reasons
