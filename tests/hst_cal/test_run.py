"""HST calibration: every feature by its rule, whatever the spelling; nothing lost."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrub import hst_cal
from scrub.contracts import contracts
from scrub.files.table_files import SourceError
from scrub.pipeline.decode import decode
from scrub.pipeline.features import encode_words, order_features
from tests import hst
from tests.data import read_cases

RULES = hst_cal.read_rules()
NAMES = [row["feature"] for row in order_features(RULES)]
missing = st.sampled_from(["", "NaN", "nan", "None", "--", "NULL"])
rows = st.fixed_dictionaries(
    {
        "ipst": st.sampled_from(["j8zs05020", "la8mffg5q", "OC3P011I0", "ic0k06010", "xbad00010", ""]),
        "n_files": st.sampled_from(["1", "61", "2.0", "2.5", "many", "-1"]) | missing,
        "total_mb": st.sampled_from(["0.5", "1.5", "2.5", "6.5", "inf", "-3"]) | missing,
        "DRIZCORR": st.sampled_from(["PERFORM", "perform", "OMIT", "PREFORM"]) | missing,
        "PCTECORR": st.sampled_from(["Perform", "SKIPPED"]) | missing,
        "CRSPLIT": st.sampled_from(["1", "1.0", "01", "2", "5", "odd", "-1"]) | missing,
        "SUBARRAY": st.sampled_from(["True", "TRUE", "tRuE", "t", "1", "False", "F", "0", "yes"]) | missing,
        "DETECTOR": st.sampled_from(["UVIS", "uvis", "WFC", "IR", "CCD", "UVSI"]) | missing,
    }
)
tables = st.lists(rows, min_size=1, max_size=8).map(lambda told: pd.DataFrame(told, dtype="str"))


def give_names(table: pd.DataFrame) -> pd.DataFrame:
    """The table with a name for each row that no other has; first and last letter stay."""
    names = [name[:1] + str(i) + name[1:] if name else "" for i, name in enumerate(table["ipst"])]
    return table.assign(ipst=pd.Series(names, index=table.index, dtype="str"))


def oracle(row):
    """The nine features of one row, in plain Python."""
    lacks = {"", "nan", "none", "--", "null"}
    size, files = row["total_mb"].lower(), row["n_files"].lower()
    if not row["ipst"] or files in lacks | {"many", "2.5", "-1"} or size in lacks | {"inf", "-3"}:
        return None
    instr = {"j": 0, "l": 1, "o": 2, "i": 3}.get(row["ipst"][0].lower())
    split = row["CRSPLIT"].lower()
    odd = {"CRSPLIT": {"odd", "-1"}, "SUBARRAY": {"yes"}, "DETECTOR": {"UVSI"}, "DRIZCORR": {"PREFORM"}}
    if instr is None or any(row[column] in words for column, words in odd.items()):
        return None
    return [
        int(float(files)),
        round(float(size)),
        int(row["DRIZCORR"].upper() == "PERFORM"),
        int(row["PCTECORR"].upper() == "PERFORM"),
        0 if split in lacks else 1 if split in {"1", "1.0", "01"} else 2,
        int(row["SUBARRAY"].lower() in {"true", "t", "1"}),
        int(row["DETECTOR"].upper() in {"UVIS", "WFC"}),
        int(row["ipst"].endswith("0")),
        instr,
    ]


@pytest.mark.slow
@given(tables.map(give_names), st.lists(st.booleans(), min_size=8, max_size=8))
@example(pd.DataFrame([{**hst.CAL["j8zs05020"], "ipst": "j1", "CRSPLIT": ""}]), [True] * 8)
def test_any_subset_of_rows_gives_the_same_rows_and_none_is_lost(table, chosen):
    answer = hst_cal.run(table)
    told = answer.ledger["datasets"]
    assert told["in"] == len(table) == told["features"] + told["rejected"]
    assert told["duplicates"] == 0
    some = np.array(chosen[: len(table)])
    parts = [hst_cal.run(part) for part in (table[some], table[~some]) if len(part)]
    for part in parts:
        assert part.ledger["datasets"]["in"] == len(part.features) + len(part.rejected)
    assert features_of(answer) == sorted(row for part in parts for row in features_of(part))


def features_of(answer):
    """Names may be there twice: each with its features, sorted."""
    return sorted(answer.features.reset_index().to_numpy().tolist())


@given(tables.map(give_names))
def test_the_features_are_those_of_plain_python(table):
    untouched = table.copy()
    told = [oracle(row) for row in table.sort_values("ipst").to_dict("records")]
    found = hst_cal.run(table).features
    assert found.to_numpy().tolist() == [row for row in told if row is not None]
    assert found.columns.tolist() == NAMES
    pd.testing.assert_frame_equal(table, untouched)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["what"]) for case in read_cases("hst_cal")])
def test_cases(case):
    row = {
        **hst.CAL["j8zs05020"],
        "ipst": "j8zs05020",
        **{c: v for c, v in case.items() if c not in ("what", "feature", "answer") and v},
    }
    answer = hst_cal.run(pd.DataFrame([row]))
    if case["answer"] == "reject":
        assert answer.rejected["column"].tolist() == [case["feature"]]
    else:
        assert str(answer.features.iloc[0][case["feature"]]) == case["answer"]


def test_the_name_comes_from_the_first_column_that_has_one():
    frame = pd.DataFrame([{**hst.CAL["j8zs05020"], "Dataset": "la8mffg5q", "IPST": None}])
    assert hst_cal.run(frame).features.index.tolist() == ["la8mffg5q"]
    assert hst_cal.run(pd.DataFrame.from_dict(hst.CAL, orient="index")).features.index.tolist() == list(hst.CAL)
    with pytest.raises(SourceError, match="no column names the data set: none of ipst, ipppssoot, dataset, index"):
        hst_cal.run(frame.drop(columns=["Dataset", "IPST"]))


def test_columns_that_differ_only_in_case_are_refused():
    with pytest.raises(SourceError, match="more than one column DETECTOR, whatever its case"):
        hst_cal.run(pd.DataFrame([{"ipst": "j1", "DETECTOR": "WFC", "detector": "IR"}]))


def test_every_input_must_be_there():
    row = {**hst.CAL["j8zs05020"], "ipst": "j8zs05020"}
    for column in hst.CAL["j8zs05020"]:
        with pytest.raises(SourceError, match=f"the table has no column {column}"):
            hst_cal.run(pd.DataFrame([row]).drop(columns=column))


def test_a_missing_word_is_no_absent_column():
    row = dict.fromkeys(hst.CAL["j8zs05020"], "") | {"ipst": "j1", "n_files": 2, "total_mb": 3.5}
    assert hst_cal.run(pd.DataFrame([row])).features.loc["j1"].tolist() == [2, 4, 0, 0, 0, 0, 0, 0, 0]
    answer = hst_cal.run(pd.DataFrame([{**row, "n_files": "NaN"}]))
    assert answer.rejected.iloc[0].tolist() == ["j1", "hst_cal/datasets", "missing", "n_files", ""]


def test_a_step_called_alone_raises():
    raw = hst_cal.from_table(RULES, pd.DataFrame([{**hst.CAL["j8zs05020"], "ipst": "x1"}])).good
    with pytest.raises(contracts.ContractError, match="x1: instr no code for this word: 'x1'"):
        hst_cal.features(RULES, hst_cal.datasets(RULES, raw))


def test_codes_and_back():
    words = pd.Series(["J", "X", None], dtype="str")
    assert encode_words(RULES, "instr", words.array, missing="NONE", handle_unknown="error").unknown.tolist() == [
        False,
        True,
        True,
    ]
    with pytest.raises(ValueError, match="detector: the code 1 stands for UVIS, WFC"):
        decode(RULES, pd.DataFrame({"detector": [1]}))
    told = decode(RULES, pd.DataFrame({"detector": [1, 0]}), representatives={"detector": {1: "WFC"}})
    assert told["detector"].tolist() == ["WFC", "OTHER"]


def test_feature_files(tmp_path):
    hst.feature_files(tmp_path / "in")
    (tmp_path / "in" / "la8mffg5q" / "torn_MemModelFeatures.txt").write_text("n_files=1\nno mark\n")
    (tmp_path / "in" / "la8mffg5q" / "twice_MemModelFeatures.txt").write_text("n_files=1\nn_files=2\n")
    (tmp_path / "in" / "la8mffg5q" / "bytes_MemModelFeatures.txt").write_bytes(b"\xff=1")
    answer = hst_cal.run(tmp_path / "in")
    assert answer.features["total_mb"].to_dict() == {"j8zs05020": 1238, "la8mffg5q": 6}
    assert answer.ledger["files"] == {"found": 5, "read": 2, "unreadable": 3}
    reasons = " ".join(answer.rejected["reason"])
    assert "line 2 has no =" in reasons
    assert "line 2 has n_files again" in reasons
    one = tmp_path / "in" / "j8zs05020" / "j8zs05020_MemModelFeatures.txt"
    assert hst_cal.run(one).features.index.tolist() == ["j8zs05020"]


def test_a_rejected_file_is_named_below_its_folder_however_the_path_is_typed(tmp_path, monkeypatch):
    hst.feature_files(tmp_path / "in")
    one = tmp_path / "in" / "la8mffg5q" / "torn_MemModelFeatures.txt"
    one.write_text("no mark\n")
    closed = one.with_name("closed_MemModelFeatures.txt")
    closed.write_text("n_files=1\n")
    opened = Path.read_text

    def refuse(path, **options):
        if path.name == closed.name:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, **options)

    monkeypatch.setattr(Path, "read_text", refuse)
    monkeypatch.chdir(tmp_path)
    first, second = (hst_cal.run(path) for path in (tmp_path / "in", "in"))
    assert first.rejected[["what", "reason"]].to_numpy().tolist() == [
        ["la8mffg5q/closed_MemModelFeatures.txt", "cannot be read: Permission denied"],
        ["la8mffg5q/torn_MemModelFeatures.txt", "cannot be read: line 1 has no ="],
    ]
    pd.testing.assert_frame_equal(second.rejected, first.rejected)
    assert second.ledger == first.ledger
    for path in (one, one.relative_to(tmp_path)):
        assert hst_cal.run(path).rejected["what"].tolist() == ["torn_MemModelFeatures.txt"]


def test_no_readable_feature_file_at_all(tmp_path):
    (tmp_path / "x_MemModelFeatures.txt").write_text("nothing")
    assert hst_cal.run(tmp_path).ledger["files"] == {"found": 1, "read": 0, "unreadable": 1}
    with pytest.raises(SourceError, match="no such folder"):
        hst_cal.run(tmp_path / "none")
