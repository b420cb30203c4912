"""Nothing is counted twice: rows of one name that say the same are one, and those that differ are rejected by column."""

import shutil

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from scrub import hst_cal, hst_svm, jwst
from scrub.contracts.parse import ContractError
from scrub.frames.copies import _name_others as name_others
from tests import hst
from tests.exposures import BASE
from tests.strategies import DMS, RULES, tables

DIFFERS = "not what another row of this name has"
times_each = st.lists(st.integers(1, 4), min_size=10, max_size=10)


def repeat(frame: pd.DataFrame, times: list[int], seed: int = 0) -> pd.DataFrame:
    """The frame with each row so many times, shuffled."""
    rows = np.repeat(np.arange(len(frame)), (times * len(frame))[: len(frame)])
    return frame.iloc[np.random.RandomState(seed).permutation(rows)].reset_index(drop=True)


def compare(answer: jwst.Answer, plain: jwst.Answer) -> None:
    assert_frame_equal(answer.exposures, plain.exposures)
    assert_frame_equal(answer.members, plain.members)
    assert_frame_equal(answer.products, plain.products)
    assert_frame_equal(answer.rejected, plain.rejected)
    for group, frame in plain.features.items():
        assert_frame_equal(answer.features[group], frame)


def check_sum(counts: dict[str, int]) -> None:
    (_, total), *rest = counts.items()
    assert total == sum(number for _, number in rest)


@given(tables(), times_each, st.integers(0, 5))
def test_any_number_of_copies_in_any_order_gives_the_same_products(table, times, seed):
    plain, many = jwst.run(table, rules=RULES), repeat(table, times, seed)
    answer = jwst.run(many, rules=RULES)
    compare(answer, plain)
    assert answer.ledger["exposures"]["duplicates"] == len(many) - len(table)
    assert plain.ledger["exposures"]["duplicates"] == 0
    check_sum(answer.ledger["exposures"])
    assert answer.ledger["products"] == plain.ledger["products"]


@pytest.mark.slow
@given(tables(rules=DMS, max_size=5), times_each)
def test_copies_are_one_in_the_official_rules_too(table, times):
    many = repeat(table, times)
    answer = jwst.run(many, rules=DMS)
    compare(answer, jwst.run(table, rules=DMS))
    assert answer.ledger["exposures"]["duplicates"] == len(many) - len(table)
    check_sum(answer.ledger["exposures"])


SPELLINGS = {
    "a count": {"NUMDTHPT": ["4", "4.0", " 4", 4, 4.0]},
    "a number": {"GS_MAG": ["14.2", "14.20", 14.2]},
    "missing": {"PUPIL": ["", "NONE", "N/A", None, float("nan"), pd.NA]},
    "a flag": {"TSOVISIT": ["f", "False", "0", False, "", None]},
    "a word": {"FILTER": ["F770W", "f770w", " F770W "]},
    "digits": {"PROGRAM": ["1018", "01018", 1018, "1018.0"]},
    "an archive's band": {"FILTER": ["F770W", "MI.F770W"]},
    "what is not read": {"TITLE": ["a", "b"]},
}


@pytest.mark.parametrize("cells", SPELLINGS.values(), ids=SPELLINGS)
def test_rows_are_equal_as_they_are_read(cells):
    ((column, words),) = cells.items()
    answer = jwst.run(pd.DataFrame([{**BASE, column: word} for word in words], dtype="object"))
    assert answer.products["NEXPOSUR"].tolist() == [1]
    assert answer.ledger["exposures"] == {
        "in": len(words), "products": 1, "left_out": 0, "rejected": 0, "duplicates": len(words) - 1
    }  # fmt: skip


@pytest.mark.slow
@given(st.sampled_from(["CRVAL1", "FILTER", "TSOVISIT", "NUMDTHPT", "TARGNAME"]), st.permutations(range(4)))
def test_rows_of_one_name_that_differ_are_all_rejected_with_the_column(column, order):
    word = {"CRVAL1": "80.1", "FILTER": "F560W", "TSOVISIT": "t", "NUMDTHPT": "4", "TARGNAME": "IO"}[column]
    own = {"CRVAL1": "80.4875", "FILTER": "F770W", "TSOVISIT": "False"}.get(column, "")
    rows = [BASE, BASE, {**BASE, column: word}, {**BASE, "exposure": "e2"}]
    answer = jwst.run(pd.DataFrame([rows[i] for i in order]), rules=RULES)
    found = answer.rejected[["what", "reason", "column"]].to_numpy().tolist()
    assert found == [["e1", DIFFERS, column]] * 3
    shown = "True" if word == "t" else word
    assert sorted(answer.rejected["value"]) == sorted([own, own, shown])
    assert answer.members["exposure"].tolist() == ["e2"]
    assert answer.ledger["exposures"] == {"in": 4, "products": 1, "left_out": 0, "rejected": 3, "duplicates": 0}


def test_a_bad_row_takes_the_other_row_of_its_name_with_it():
    answer = jwst.run(pd.DataFrame([BASE, {**BASE, "GS_MAG": "bright"}]))
    assert answer.rejected[["what", "column", "reason", "value"]].to_numpy().tolist() == [
        ["e1", "GS_MAG", "not a number", "bright"],
        ["e1", "GS_MAG", DIFFERS, ""],
    ]
    different = jwst.run(pd.DataFrame([{**BASE, "GS_MAG": "bright"}, {**BASE, "GS_MAG": "dim"}]))
    assert different.rejected["value"].tolist() == ["bright", "dim"]
    assert different.ledger["exposures"]["duplicates"] == 0


@pytest.mark.parametrize("cells", [{"GS_MAG": "bright"}, {"EXP_TYPE": "MIR_IMAG"}, {"TARG_DEC": "91"}])
def test_copies_of_a_bad_row_are_one_reject(cells):
    answer = jwst.run(pd.DataFrame([{**BASE, **cells}] * 3))
    assert len(answer.rejected) == 1
    assert answer.ledger["exposures"] == {"in": 3, "products": 0, "left_out": 0, "rejected": 1, "duplicates": 2}


def test_segments_are_rows_of_their_own():
    names = [f"jw01018006001_02101_00001-seg00{i}_mirimage" for i in (1, 2)]
    answer = jwst.run(pd.DataFrame([{**BASE, "exposure": name} for name in names]))
    assert answer.products["NEXPOSUR"].tolist() == [2]


def test_a_stage_gives_each_name_once_and_its_contract_says_so():
    headers = jwst.load(RULES, pd.DataFrame([BASE, BASE])).headers
    exposures = jwst.exposures(RULES, headers)
    assert exposures["exposure"].tolist() == ["e1"]
    with pytest.raises(ContractError, match="2 rows break the contract; the first is e1: exposure not unique: 'e1'"):
        jwst.group(RULES, pd.concat([exposures, exposures], ignore_index=True))


@pytest.fixture
def two_folders(tmp_path, fits_folder):
    files = sorted(fits_folder.glob("*.fits"))[:2]
    for folder, own in {"b": files, "a": files[:1]}.items():
        (tmp_path / folder).mkdir()
        for file in own:
            shutil.copy(file, tmp_path / folder)
    return tmp_path


def test_two_files_of_one_name_that_say_the_same_are_one(two_folders):
    answer = jwst.run(two_folders)
    assert answer.exposures["file"].str[0].tolist() == ["a", "b"]
    counts = answer.ledger["exposures"]
    assert (counts["in"], counts["duplicates"], len(answer.exposures)) == (3, 1, 2)
    check_sum(counts)


def test_two_files_of_one_name_that_differ_are_rejected_and_name_each_other(two_folders):
    from astropy.io import fits

    (file,) = (two_folders / "a").glob("*.fits")
    before = fits.getval(file, "GS_MAG")
    fits.setval(file, "GS_MAG", value=9.5)
    answer = jwst.run(two_folders)
    name = file.name
    assert answer.rejected[["column", "reason"]].to_numpy().tolist() == [["GS_MAG", DIFFERS]] * 2
    assert set(answer.rejected["value"]) == {
        f"'9.5' in a/{name}; '{before}' in b/{name}", f"'{before}' in b/{name}; '9.5' in a/{name}"
    }  # fmt: skip
    assert len(answer.exposures) == 1
    assert answer.ledger["files"] == {"found": 3, "read": 3, "unreadable": 0}


CAL = pd.DataFrame([{"ipst": name, **cells} for name, cells in hst.CAL.items()])


@given(times_each, st.integers(0, 3))
@example([1] * 10, 0)
def test_data_sets_of_calibration_count_once_in_any_order(times, seed):
    many, plain = repeat(CAL, times, seed), hst_cal.run(CAL)
    answer = hst_cal.run(many)
    assert_frame_equal(answer.features, plain.features)
    assert_frame_equal(answer.datasets, plain.datasets)
    copies = len(many) - len(CAL)
    assert answer.ledger["datasets"] == {"in": len(many), "features": len(CAL), "rejected": 0, "duplicates": copies}


def test_data_sets_of_one_name_that_differ_are_rejected():
    answer = hst_cal.run(pd.concat([CAL, CAL.assign(n_files=["61.0", 2])], ignore_index=True))
    assert answer.features.index.tolist() == ["j8zs05020"]
    assert answer.rejected.iloc[:, [0, 2, 3, 4]].to_numpy().tolist() == [
        ["la8mffg5q", DIFFERS, "n_files", "1"], ["la8mffg5q", DIFFERS, "n_files", "2"]
    ]  # fmt: skip
    assert answer.ledger["datasets"] == {"in": 4, "features": 1, "rejected": 2, "duplicates": 1}


@pytest.mark.slow
@given(times_each, st.integers(0, 3))
def test_mosaics_count_once_and_no_list_depends_on_the_order_of_rows(times, seed):
    frame = hst.table(12).assign(label=[0, 1] * 6)
    many, plain = repeat(frame, times, seed), hst_svm.run(frame, seed=1)
    answer = hst_svm.run(many, seed=1)
    assert_frame_equal(answer.features, plain.features)
    assert_frame_equal(answer.raw, plain.raw)
    assert answer.subset == plain.subset
    assert answer.positive == plain.positive
    copies = len(many) - len(frame)
    assert answer.ledger["datasets"] == {"in": len(many), "features": 12, "rejected": 0, "duplicates": copies}


@pytest.mark.slow
@given(st.permutations(range(12)))
def test_rejects_do_not_depend_on_the_order_of_rows(order):
    frame = hst.table(12).astype("object")
    frame.loc[[2, 5], "header.NUMEXP"] = ["x", "y"]
    frame.loc[[7, 9], "category"] = "WHO"
    answer, plain = hst_svm.run(frame.iloc[list(order)]), hst_svm.run(frame)
    assert_frame_equal(answer.rejected, plain.rejected)
    assert_frame_equal(answer.features, plain.features)


def test_mosaics_of_one_name_that_differ_are_rejected():
    frame = pd.DataFrame([hst.row(1), hst.row(1, **{"header.NUMEXP": "9"}), hst.row(2)])
    answer = hst_svm.run(frame)
    assert answer.rejected[["what", "column", "value"]].to_numpy().tolist() == [
        [hst.index(1), "numexp", "1"], [hst.index(1), "numexp", "9"]
    ]  # fmt: skip
    assert answer.ledger["datasets"] == {"in": 3, "features": 1, "rejected": 2, "duplicates": 0}


@pytest.mark.parametrize("words", [["a", "b"], ["b", "a"], ["a", "b", "a"], ["b", "b", "a"]])
def test_a_value_is_shown_beside_another_value_and_the_file_that_has_that(words):
    files = [f"{i}.fits" for i in range(len(words))]
    shown = name_others(words, [0] * len(words), files)
    for file, word, text in zip(files, words, shown, strict=True):
        other = next((f, w) for f, w in zip(files, words, strict=True) if w != word)
        assert text == f"{word!r} in {file}; {other[1]!r} in {other[0]}"
