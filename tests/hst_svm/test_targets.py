"""Classes of targets: from a table, by name and by position, each target asked for once."""

import pandas as pd
import pytest

from scrub import hst_svm
from scrub.files.table_files import SourceError
from tests import hst


@pytest.mark.parametrize("category", [float("nan"), None, "", "None", "NaN", "UNIDENTIFIED", "UNIDENTIFIED;FIELD"])
def test_a_missing_category_is_unidentified(category):
    answer = hst_svm.run(pd.DataFrame([hst.row(1, category=category), hst.row(2, category="GALAXY")]))
    assert answer.features["cat"].tolist() == [3, 7]


def test_classes_from_a_table_by_name_and_by_position(tmp_path):
    frame = pd.DataFrame(
        [
            hst.row(1, **{"header.TARGNAME": "m-1"}),
            hst.row(2, **{"header.TARGNAME": "ANY"}),
            hst.row(3),
            hst.row(4, **{"header.TARGNAME": "ANY"}),
        ]
    )
    table = pd.DataFrame(
        {
            "targname": ["M-1", "ANY"],
            "category": ["GALAXY;SPIRAL", "ISM;X"],
            "proposal": ["", "10002"],
            "ra_targ": ["", "2.5"],
            "dec_targ": ["", "1.5000000001"],
        }
    )
    table.to_csv(tmp_path / "classes.csv", index=False)
    answer = hst_svm.run(frame, classify=hst_svm.classes(hst.RULES, tmp_path / "classes.csv"))
    assert answer.raw["category"].tolist() == ["GALAXY;SPIRAL", "ISM;X", "UNIDENTIFIED", "UNIDENTIFIED"]
    twice = pd.concat([table, table.assign(category="STAR")])
    with pytest.raises(SourceError, match="two categories for name M-1"):
        hst_svm.classes(hst.RULES, twice)
    with pytest.raises(SourceError, match="no column category"):
        hst_svm.classes(hst.RULES, table[["targname"]])


def test_each_distinct_target_is_asked_for_once_and_all_are_answered():
    frame = pd.concat([hst.table(4)] * 3, ignore_index=True).assign(index=[hst.index(i) for i in range(12)])
    asked = []

    def classify(targets):
        asked.append(targets)
        return pd.DataFrame({"category": ["ISM", None, "STAR", "GALAXY"], "reason": ["", "", "", "closed"]})

    answer = hst_svm.run(frame, classify=classify)
    assert [len(targets) for targets in asked] == [4]
    assert asked[0].columns.tolist() == ["question", "targname", "proposal", "ra_targ", "dec_targ"]
    assert answer.rejected["reason"].tolist() == ["closed"] * 3
    assert answer.raw["category"].tolist() == ["ISM", "UNIDENTIFIED", "STAR"] * 3
    with pytest.raises(SourceError, match="4 targets have a question, 1 an answer"):
        hst_svm.run(frame, classify=lambda targets: pd.Series(["ISM"]))


def test_a_table_of_classes_is_taken_whole_or_not_at_all(tmp_path):
    path = tmp_path / "classes.csv"
    refused = {
        "targname,category\nTARG-1,ISM\nTARG-2,STAR,X\n": "1 torn line.*a line of more than 2 cells: line 3: TARG-2,STAR,X",
        "targname,category\nTARG-1\n": "a line of fewer than 2 cells: line 2: TARG-1",
        "targname,category\nTARG-1,ISM\n,STAR\n": "row 2: neither a targname nor a position",
        "targname,category,ra_targ,dec_targ\nANY,ISM,x,1\n": "row 1: ra_targ is not a number: 'x'",
        "targname,category,propsal\nM-1,ISM,1\n": "'propsal' is one letter from proposal",
        "targname,category,Category\nM-1,ISM,ISM\n": "more than one column category",
    }
    for text, reason in refused.items():
        path.write_text(text)
        with pytest.raises(SourceError, match=reason):
            hst_svm.classes(hst.RULES, path)
    path.write_text('targname , CATEGORY\nTARG-1,"ISM;\nX"\n')
    classify = hst_svm.classes(hst.RULES, path)
    assert classify(pd.DataFrame({"question": ["name TARG-1"]})).tolist() == ["ISM;\nX"]
