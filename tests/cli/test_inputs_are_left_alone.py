"""Inputs are left alone, also by accident: no output replaces one, and a blank name names none."""

import shutil

import pytest

from scrub import samples
from scrub.cli import main


def test_a_table_is_not_overwritten_by_the_output_of_its_name(tmp_path, capsys):
    table = shutil.copy(samples.TABLE, tmp_path / "products.csv")
    before = table.read_bytes()
    (tmp_path / "linked").symlink_to(tmp_path)
    for out in (tmp_path, tmp_path / "linked"):
        assert main.main(["jwst", str(table), "--out", str(out)]) == 3
        assert "is an input, and an output would replace it: name another output" in capsys.readouterr().err
    assert table.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["linked", "products.csv"]


def test_the_output_folder_may_be_the_input_folder_or_inside(tmp_path):
    samples.write_jwst(tmp_path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    for out in (tmp_path, tmp_path, tmp_path / "out"):
        assert main.main(["jwst", str(tmp_path), "--out", str(out)]) == 0
        assert (out / "ledger.json").exists()
    assert {name: (tmp_path / name).read_bytes() for name in before} == before


def test_a_rule_table_or_a_table_of_classes_is_not_overwritten(tmp_path, capsys):
    samples.write_all(tmp_path)
    rules = shutil.copytree(samples.TABLE.parents[2] / "rules" / "hst_svm", tmp_path / "rules" / "hst_svm")
    classes = shutil.copy(tmp_path / "hst-svm" / "classes.csv", tmp_path / "features.csv")
    before = (rules / "features.csv").read_bytes()
    command = ["hst-svm", str(tmp_path / "hst-svm"), "--classes"]
    assert main.main([*command, str(classes), "--out", str(tmp_path)]) == 3
    assert f"{classes} is an input" in capsys.readouterr().err
    classes = str(tmp_path / "hst-svm" / "classes.csv")
    assert main.main([*command, classes, "--rules", str(rules), "--out", str(rules)]) == 3
    assert f"{rules / 'features.csv'} is an input" in capsys.readouterr().err
    assert (rules / "features.csv").read_bytes() == before


def test_the_table_of_mismatches_replaces_no_input(tmp_path, capsys):
    main.main(["jwst", str(samples.TABLE), "--out", str(tmp_path / "out"), "--asn"])
    members = tmp_path / "out" / "members.csv"
    before = members.read_bytes()
    command = ["score", str(members), str(tmp_path / "out" / "asn"), "--mismatches", str(members)]
    assert main.main(command) == 3
    assert f"{members} is an input" in capsys.readouterr().err
    assert members.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["jwst", ""], "a file or a folder"),
        (["jwst", "in", "--out", ""], "a file or a folder"),
        (["hst-svm", ""], "a file or a folder"),
        (["hst-svm", "in", "--classes", ""], "a file or a folder"),
        (["hst-cal", "in", "--out", ""], "a file or a folder"),
        (["hst-cal", "in", "--rules", ""], "a file or a folder"),
        (["validate", "jwst/products", ""], "a file or a folder"),
        (["verify", ""], "a file or a folder"),
        (["score", "", ""], "a file or a folder"),
        (["sample", ""], "a file or a folder"),
        (["rules", "check", ""], "a file or a folder"),
        (["rules", "why", "name", "--on", ""], "a file or a folder"),
        (["jwst", "in", "--edition", ""], "an edition"),
        (["rules", "new-edition", "in", ""], "an edition"),
        (["rules", "diff", "", "jwst"], "a rule set, a folder, an edition or a git revision"),
        (["validate", "", "in"], "a contract"),
    ],
)
def test_an_empty_name_is_wrong_usage(arguments, kind, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main.main(arguments)
    assert end.value.code == 2
    assert f"empty: name {kind}" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
