"""The HST commands: what they write, what they print, and their exit codes."""

import json

import pandas as pd

from scrub import hst_svm
from scrub.cli import main
from tests import hst


def test_hst_cal_writes_prints_and_exits(tmp_path, capsys):
    table = pd.DataFrame.from_dict(hst.CAL, orient="index").rename_axis("dataset").reset_index()
    bad = table.iloc[[0]].assign(dataset="zzz", total_mb="NaN")
    pd.concat([table, bad]).to_csv(tmp_path / "in.csv", index=False)
    assert main.main(["hst-cal", str(tmp_path / "in.csv"), "--out", str(tmp_path / "out"), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["datasets"] == {"in": 3, "features": 2, "rejected": 1, "duplicates": 0}
    features = pd.read_csv(tmp_path / "out" / "features.csv", index_col="dataset")
    assert features.loc["j8zs05020"].tolist() == [61, 1238, 1, 1, 2, 0, 1, 1, 0]
    names = {p.name for p in (tmp_path / "out").iterdir()}
    tables = {"features.csv", "raw_features.csv", "rejected.csv"}
    assert names == tables | {f"{name}-metadata.json" for name in tables} | {"ledger.json"}
    assert main.main(["hst-cal", str(tmp_path / "none.csv")]) == 3
    table.to_csv(tmp_path / "good.csv", index=False)
    assert main.main(["hst-cal", str(tmp_path / "good.csv")]) == 0
    assert "datasets: 2 in = 2 features + 0 rejected" in capsys.readouterr().out


def test_hst_svm_writes_prints_and_exits(tmp_path, capsys):
    frame = hst.table(10).assign(label=[i % 2 for i in range(10)])
    frame.drop(columns="category").to_csv(tmp_path / "in.csv", index=False)
    hst.classes(frame).to_csv(tmp_path / "classes.csv", index=False)
    argv = [
        "hst-svm",
        str(tmp_path / "in.csv"),
        "--classes",
        str(tmp_path / "classes.csv"),
        "--out",
        str(tmp_path / "out"),
    ]
    assert main.main([*argv, "--seed", "7"]) == 0
    assert "datasets: 10 in = 10 features + 0 rejected" in capsys.readouterr().out
    out = tmp_path / "out"
    names = {"features.csv", "raw_features.csv", "rejected.csv", "ledger.json", "pos.txt", "subset.txt"}
    sidecars = {f"{name}-metadata.json" for name in names if name.endswith(".csv")}
    assert {p.name for p in out.iterdir()} == names | sidecars
    answer = hst_svm.run(frame, seed=7)
    assert (out / "pos.txt").read_text().split() == answer.positive
    assert (out / "subset.txt").read_text().split() == answer.subset
    saved = pd.read_csv(out / "features.csv")
    assert saved.columns.tolist() == ["index", *hst.FEATURES, "label"]
    raw = pd.read_csv(out / "raw_features.csv", keep_default_na=False)
    assert raw["category"].tolist() == [c or "UNIDENTIFIED" for c in frame["category"]]
    assert main.main([*argv, "--crpt"]) == 0
    assert len((out / "pos.txt").read_text().split()) == 10


def test_hst_svm_on_what_is_wrong(tmp_path, capsys, astroquery):
    bare = hst.table(1).drop(columns="category")
    bare.to_csv(tmp_path / "in.csv", index=False)
    assert (
        main.main(
            ["hst-svm", str(tmp_path / "in.csv"), "--cache", str(tmp_path / "c.json"), "--out", str(tmp_path / "o")]
        )
        == 0
    )
    assert (tmp_path / "c.json").exists()
    assert not (tmp_path / "o" / "pos.txt").exists()
    assert main.main(["hst-svm", str(tmp_path / "none")]) == 3
    assert main.main(["hst-svm", str(tmp_path / "in.csv"), "--edition", "9"]) == 2
    hst.table(1).assign(wcstype="odd").to_csv(tmp_path / "odd.csv", index=False)
    assert main.main(["hst-svm", str(tmp_path / "odd.csv")]) == 1
    assert "no code for this word" in capsys.readouterr().out
