"""QA files: the same rows as a table has; files that are none, and that disagree."""

import json
from pathlib import Path

import pandas as pd
import pytest

from scrub import hst_svm
from scrub.hst_svm.qa import QaError, flatten
from tests import hst


def test_qa_files_give_the_same_rows_as_the_table(tmp_path):
    frame = hst.table(8)
    hst.qa_files(tmp_path / "one", frame.iloc[:4])
    hst.qa_files(tmp_path / "two", frame.iloc[4:])
    hst.images(tmp_path, frame)
    shown = []

    def track(steps, *, total, desc):
        shown.append((desc, total))
        return steps

    answer = hst_svm.run(tmp_path, classify=hst_svm.classes(hst.RULES, hst.classes(frame)), track=track)
    hst.same(answer, frame)
    assert answer.ledger["files"] == {"found": 16, "read": 16, "unreadable": 0}
    assert ("files", 16) in shown


def test_qa_files_that_are_none_and_that_disagree(tmp_path):
    frame = hst.table(3)
    hst.qa_files(tmp_path, frame)
    hst.images(tmp_path, frame)
    broken = {
        "a": "{broken",
        "b": "[1]",
        "c": '{"header": 3}',
        "d": "{}",
        "e": "[" * 100_000,
        "f": '{"general information": {"dataframe_index": 5}}',
    }
    for name, text in broken.items():
        (tmp_path / f"{name}_total_x_svm_1.json").write_text(text)
    odd = json.loads((tmp_path / f"{frame['index'][1]}_svm_0.json").read_text())
    odd["header"]["NUMEXP"] = 99
    (tmp_path / f"{frame['index'][1]}_svm_9.json").write_text(json.dumps(odd))
    answer = hst_svm.run(tmp_path, classify=hst_svm.classes(hst.RULES, hst.classes(frame)))
    assert answer.features.index.tolist() == [frame["index"][0], frame["index"][2]]
    assert answer.ledger["files"] == {"found": 13, "read": 7, "unreadable": 6}
    assert answer.ledger["datasets"] == {"in": 3, "features": 2, "rejected": 1, "duplicates": 0}
    (told,) = answer.rejected.query("stage != 'files'").to_dict("records")
    assert (told["reason"], told["column"]) == ("files of one data set disagree", "header.NUMEXP")


def test_qa_files_of_which_none_can_be_read(tmp_path):
    (tmp_path / "a_total_x_svm_1.json").write_text("{")
    answer = hst_svm.run(tmp_path, classify=lambda asked: pd.Series([], dtype="str"))
    assert answer.ledger["files"] == {"found": 1, "read": 0, "unreadable": 1}
    assert answer.features.empty


def test_everything_in_qa_files_is_kept_on_request(tmp_path):
    name = hst.index(1)
    content = {
        "header": {"FOO": 1, "NOT": float("nan")},
        "general information": {"dataframe_index": name},
        "data": {
            "a table": {"dtype": {}, "unit": {}, "data": {"x y": [1, 2]}},
            "bare": 3,
            "without data": {"dtype": "int", "n": {"deep": 4}},
        },
    }
    files = [tmp_path / f"{name}_{end}-cat_svm_compare_sourcelists.json" for end in ("point", "segment")]
    for file in files:
        file.write_text(json.dumps(content))
    (row,) = hst_svm.read_qa(hst.RULES, files, tmp_path, everything=True).good.to_dict("records")
    assert row["hap_vs_hla_point_a_table.x_y"] == row["hap_vs_hla_segment_a_table.x_y"] == [1, 2]
    assert row["hap_vs_hla_point_bare"] == 3
    assert row["hap_vs_hla_point_without_data.n.deep"] == 4
    assert row["header.FOO"] == 1
    assert hst_svm.read_qa(hst.RULES, files, tmp_path).good.columns.tolist() == ["index"]
    with pytest.raises(QaError):
        flatten(hst.RULES, [])


def test_a_file_that_cannot_be_opened_is_rejected_however_the_path_is_typed(tmp_path, monkeypatch):
    (tmp_path / "x.json").write_text("{}")

    def refuse(path, **options):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_text", refuse)
    (row,) = hst_svm.read_qa(hst.RULES, [tmp_path / "x.json"], tmp_path).rejected.values.tolist()
    assert row == ["x.json", "files", "cannot be read: Permission denied", "", ""]
