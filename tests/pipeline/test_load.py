"""Inputs that cannot be read: each ends in one plain sentence that says what to do."""

import pandas as pd
import pytest
from toolz import pipe

from scrub import hst_cal, hst_svm, jwst, samples
from scrub.contracts import ContractError
from scrub.files.table_files import SourceError, read_table

TELESCOPES = [jwst, hst_svm, hst_cal]
each = pytest.mark.parametrize("telescope", TELESCOPES, ids=lambda module: module.__name__)


@each
@pytest.mark.parametrize(
    "source", [[pd.DataFrame()], None, 3, b"folder", pd.Series([1])], ids=lambda x: type(x).__name__
)
def test_an_input_of_another_type_is_refused(telescope, source):
    message = f"^the input is of the type {type(source).__name__}: give one frame, or the path of a table or folder$"
    with pytest.raises(SourceError, match=message):
        telescope.run(source)


@each
def test_an_empty_path_names_nothing(telescope):
    with pytest.raises(SourceError, match="^the input is an empty path: name a table or a folder$"):
        telescope.run("")


@each
def test_a_path_that_is_not_there_names_the_nearest(telescope, tmp_path):
    (tmp_path / "exposures").mkdir()
    (tmp_path / "other.csv").touch()
    for wrong, near in [("exposures.csv", "exposures"), ("exposure", "exposures"), ("othr.csv", "other.csv")]:
        with pytest.raises(SourceError, match=rf"{wrong}: no such folder or file \(nearest: '{near}'\)$"):
            telescope.run(tmp_path / wrong)
    for wrong in ("zzz", "nowhere/exposures"):
        with pytest.raises(SourceError, match=f"{wrong}: no such folder or file$"):
            telescope.run(tmp_path / wrong)


@each
def test_a_table_without_rows_is_refused(telescope, tmp_path):
    empty, header = tmp_path / "empty.csv", tmp_path / "header.csv"
    empty.touch()
    header.write_text(read_table(samples.TABLE).good.head(0).to_csv(index=False))
    with pytest.raises(SourceError, match="empty.csv: an empty file: it has no header and no rows$"):
        telescope.run(empty)
    with pytest.raises(SourceError, match="header.csv: a table without rows$"):
        telescope.run(str(header))


def test_a_frame_without_rows_makes_nothing():
    answer = jwst.run(jwst.example(jwst.read_rules()).head(0))
    assert answer.ledger["exposures"]["in"] == 0


@each
def test_a_raw_table_in_a_pipeline_says_what_to_call(telescope):
    rules, name = telescope.read_rules(), telescope.__name__.rpartition(".")[2]
    raw = telescope.example(rules).rename(columns=str.swapcase)
    with pytest.raises(ContractError, match=rf"; for a table as it was read, call {name}.from_table\(rules, table\)"):
        pipe(raw, *telescope.steps(rules))


def test_what_the_message_says_works():
    rules, raw = jwst.read_rules(), pd.read_csv(samples.TABLE)
    features = pipe(jwst.from_table(rules, raw).good, *jwst.steps(rules))
    assert len(features) == len(jwst.run(raw).products) == 25


def test_a_bad_row_in_a_pipeline_has_no_advice_on_columns():
    rules = jwst.read_rules()
    headers = jwst.example(rules).assign(EXP_TYPE="")
    with pytest.raises(ContractError) as error:
        pipe(headers, *jwst.steps(rules))
    assert "from_table" not in str(error.value)
