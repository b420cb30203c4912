"""The command line from end to end: what it writes, what it prints, and how it says that it went."""

import json

import pandas as pd
import pytest

from scrub import jwst
from scrub.cli import main
from tests.data import TABLES, read_written
from tests.exposures import LYOT


def test_jwst_on_files_writes_every_table_and_a_ledger_that_closes(fits_folder, tmp_path, capsys):
    assert main.main(["jwst", str(fits_folder), "--out", str(tmp_path / "out")]) == 0
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(
        [f"{t}.csv{end}" for t in TABLES for end in ("", "-metadata.json")] + ["ledger.json"]
    )
    members = read_written(tmp_path / "out", "members")
    assert members.columns.tolist() == ["exposure", "group", "product_id", "product", "rule"]
    ledger = json.loads((tmp_path / "out" / "ledger.json").read_text())
    assert ledger["files"] == {"found": 57, "read": 57, "unreadable": 0}
    assert ledger["exposures"] == {"in": 57, "products": 54, "left_out": 3, "rejected": 0, "duplicates": 0}
    assert len(members) == 57
    assert (members["product"] == "").sum() == 3
    assert set(read_written(tmp_path / "out", "exposures")["EXP_TYPE"]) >= set(level3_types())
    printed = capsys.readouterr()
    assert "exposures: 57 in = 54 products + 3 left_out + 0 rejected" in printed.out
    assert printed.err == ""


def level3_types():
    types = jwst.read_rules()["exposure_types"].rows
    return types.loc[types["group"] != "none", "exp_type"]


@pytest.mark.slow
def test_a_rejected_row_is_accounted_for_and_the_exit_code_says_so(table, tmp_path, capsys):
    assert main.main(["jwst", str(table), "--out", str(tmp_path), "--json"]) == 1
    ledger = json.loads(capsys.readouterr().out)
    assert ledger == json.loads((tmp_path / "ledger.json").read_text())
    assert ledger["exposures"] == {"in": 58, "products": 54, "left_out": 3, "rejected": 1, "duplicates": 0}
    assert read_written(tmp_path, "rejected").to_numpy().tolist() == [
        ["jw09999001001_02101_00009_nrca1", "jwst/exposures", "not on the list", "EXP_TYPE", "NRC_TYPO"]
    ]
    assert main.main(["jwst", str(table)]) == 1
    assert "rejected at jwst/exposures: 1: EXP_TYPE not on the list, such as 'jw09999001" in capsys.readouterr().out


@pytest.mark.slow
def test_what_is_written_reads_back_as_it_was(table, tmp_path):
    answer = jwst.run(table)
    for form in ("csv", "parquet"):
        main.main(["jwst", str(table), "--out", str(tmp_path / form), "--format", form])
    for name, frame in {"exposures": answer.exposures, "products": answer.products.reset_index()}.items():
        packed = pd.read_parquet(tmp_path / "parquet" / f"{name}.parquet")
        pd.testing.assert_frame_equal(packed, frame)
        plain = pd.read_csv(
            tmp_path / "csv" / f"{name}.csv", dtype={c: frame[c].dtype for c in frame}, keep_default_na=True
        )
        pd.testing.assert_frame_equal(plain, frame, check_exact=True)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_validate_holds_what_was_written_against_its_contract(table, tmp_path, form, capsys):
    main.main(["jwst", str(table), "--out", str(tmp_path), "--format", form])
    capsys.readouterr()
    stages = {"exposures": "exposures", "members": "members", "products": "products"}
    stages |= {f"features-{group}": "features" for group in ("image", "spec", "tac", "fgs")}
    for name, stage in stages.items():
        assert main.main(["validate", f"jwst/{stage}", str(tmp_path / f"{name}.{form}")]) == 0, name
    assert main.main(["validate", "jwst/products", str(tmp_path / f"members.{form}")]) == 1
    lines = capsys.readouterr().out.splitlines()
    members = str(tmp_path / f"members.{form}")
    assert not [line for line in lines if "error:" in line and not line.startswith(members)], "the others break nothing"
    where = f"{members}:1" if form == "csv" else members
    assert f"{where}: error: INSTRUME: no such column" in lines
    assert f"{where}: error: rule: unknown column" in lines


def test_validate_names_row_and_column(table, tmp_path, capsys):
    main.main(["jwst", str(table), "--out", str(tmp_path)])
    path = tmp_path / "exposures.csv"
    path.write_text(path.read_text().replace("NIS_SOSS", "NIS_SOS", 1).replace(",09999,002,", ",9999,002,", 1))
    capsys.readouterr()
    assert main.main(["validate", "jwst/exposures", str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    numbers = [
        i + 1 for i, line in enumerate(path.read_text().splitlines()) if ",9999,002," in line or "NIS_SOS," in line
    ]
    assert f"{path}:{numbers[0]}: error: PROGRAM: not of the form ^[0-9]{{5}}$: '9999'" in lines
    assert f"{path}:{numbers[1]}: error: EXP_TYPE: not on the list: one letter off NIS_SOSS: 'NIS_SOS'" in lines
    assert main.main(["validate", "jwst/exposures", str(path), "--json"]) == 1
    (file,) = json.loads(capsys.readouterr().out)["files"]
    own = [(finding["line"], finding["column"]) for finding in file["findings"]]
    assert {(numbers[0], "PROGRAM"), (numbers[1], "EXP_TYPE")} <= set(own)


@pytest.mark.slow
def test_editions_and_rules_are_options(table, tmp_path):
    names = {}
    for edition in ("1", "2", "3"):
        main.main(["jwst", str(table), "--edition", edition, "--out", str(tmp_path / edition)])
        names[edition] = set(read_written(tmp_path / edition, "products")["product"])
    assert "jw09999-o007_t4_miri_ch4" in names["1"]
    assert "jw09999-o007_t4_miri_ch3-short" in names["2"]
    assert "jw09999-o008_s000000001_miri_p750l" in (names["2"] & names["3"]) - names["1"]


def test_the_command_takes_the_rule_set_by_its_name(tmp_path, capsys):
    table = tmp_path / "table.csv"
    pd.DataFrame([{"exposure": "e0", **LYOT}, {"exposure": "e1", **LYOT, "IS_PSF": "t"}]).to_csv(table, index=False)
    assert main.main(["jwst", str(table), "--rules", "jwst_dms", "--out", str(tmp_path / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["exposures"] == {
        "in": 2, "products": 1, "left_out": 1, "unknown": 0, "rejected": 0, "duplicates": 0,
    }  # fmt: skip
    members = pd.read_csv(tmp_path / "out" / "members.csv", dtype="str", keep_default_na=False)
    assert members["role"].tolist() == ["science", "psf"]
