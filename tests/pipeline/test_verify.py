"""Verification: each change of a run's files shows, and so does each input that a run would have overwritten."""

import json
import shutil

import pandas as pd
import pytest

from scrub import samples
from scrub.cli import main
from scrub.files import run_folder
from scrub.pipeline import save, stamp
from scrub.pipeline.verify import verify


@pytest.fixture(scope="module", params=["csv", "parquet"])
def made(request, tmp_path_factory):
    """A run in each form. Nobody may change it."""
    folder = tmp_path_factory.mktemp("made")
    assert main.main(["jwst", str(samples.TABLE), "--out", str(folder), "--format", request.param, "--asn"]) == 0
    return folder


@pytest.fixture
def out(made, tmp_path):
    """A copy of the run, to be changed."""
    return shutil.copytree(made, tmp_path / "out")


def test_a_run_that_nobody_touched_is_whole(made, capsys):
    verified = verify(made)
    ledger = json.loads((made / "ledger.json").read_text())
    assert verified.changes == []
    assert verified.run == ledger["run"]
    assert set(ledger["outputs"]) == {
        p.relative_to(made).as_posix() for p in made.rglob("*") if p.is_file() and p.name != "ledger.json"
    }
    assert main.main(["verify", str(made)]) == 0
    assert capsys.readouterr().out == f"{made}: {verified.files} files of run {verified.run}, unchanged\n"


def test_every_table_names_the_run(made):
    run = json.loads((made / "ledger.json").read_text())["run"]
    tables = [p for p in made.iterdir() if p.suffix in (".csv", ".parquet")]
    assert len(tables) == 8
    assert {stamp.read_origin(path).run for path in [*tables, made]} == {run}


def test_every_output_that_changes_or_goes_is_named(made, out, capsys):
    for name in json.loads((made / "ledger.json").read_text())["outputs"]:
        path = out / name
        content = path.read_bytes()
        path.write_bytes(content + b" ")
        assert verify(out).changes == [f"{path}: changed since the run"]
        path.unlink()
        assert verify(out).changes == [f"{path}: gone"]
        path.write_bytes(content)
    assert verify(out).changes == []
    (out / "rejected.csv").unlink(missing_ok=True)
    (out / "rejected.parquet").unlink(missing_ok=True)
    assert main.main(["verify", str(out)]) == 1
    assert capsys.readouterr().out.endswith(": gone\n")


@pytest.mark.parametrize(
    ("part", "value"),
    [("edition", "2"), ("handle_unknown", "use_encoded_value"), ("exposures", {"in": 9, "products": 9})],
)
def test_a_ledger_that_was_edited_is_named(out, part, value):
    ledger = json.loads((out / "ledger.json").read_text())
    (out / "ledger.json").write_text(json.dumps({**ledger, part: value}))
    assert verify(out).changes == [f"{out / 'ledger.json'}: changed since the run"]


def test_a_table_of_another_run_is_named_even_where_its_hash_was_put_into_the_ledger(out, sample):
    form = "csv" if (out / "products.csv").exists() else "parquet"
    other = out.parent / "other"
    sample.head(4).to_csv(out.parent / "few.csv", index=False)
    main.main(["jwst", str(out.parent / "few.csv"), "--out", str(other), "--format", form])
    for path in other.glob("products.*"):
        shutil.copy(path, out)
    ledger = json.loads((out / "ledger.json").read_text())
    ledger["outputs"] = {name: run_folder.hash_files(out)[name] for name in ledger["outputs"]}
    (out / "ledger.json").write_text(json.dumps(ledger))
    run = json.loads((other / "ledger.json").read_text())["run"]
    assert verify(out).changes == [f"{out / 'products'}.{form}: of run {run}, not of {ledger['run']}"]


def test_a_run_that_was_stopped_is_refused_by_verify_and_by_every_stamp(out, capsys):
    (out / run_folder.STAGING).mkdir()
    (out / run_folder.STAGING / run_folder.JOURNAL).write_text('{"files": [], "stale": []}')
    stopped = "a run was stopped while its files took their place: run it again"
    assert verify(out).changes == [f"{out}: {stopped}"]
    with pytest.raises(stamp.StampError, match=stopped):
        stamp.read(out / "ledger.json")
    table = sorted(out.glob("products.*"))[0]
    assert main.main(["validate", "jwst/products", str(table), "--same-rules"]) == 1
    assert f"{table}: error: {stopped}" in capsys.readouterr().out


def test_rows_of_parquet_that_were_changed_under_their_stamp_are_refused(tmp_path, rules):
    from pyarrow import parquet

    path = save.table(
        pd.DataFrame({"a": [1.0, 2.0], "b": ["x", None]}), tmp_path / "t.parquet", stamp.of(rules, "jwst")
    )
    table = parquet.read_table(path)
    assert stamp.read(path) == stamp.of(rules, "jwst")
    changed = table.set_column(0, "a", [[1.0, 2.5]])
    parquet.write_table(changed.replace_schema_metadata(table.schema.metadata), path)
    with pytest.raises(stamp.StampError, match="the stamp is of other rows: the content differs"):
        stamp.read(path)


def test_a_sidecar_that_names_another_file_is_refused(out):
    if (out / "products.csv").exists():
        for end in (".csv", ".csv-metadata.json"):
            (out / f"products{end}").rename(out / f"copy{end}")
        with pytest.raises(stamp.StampError, match=r"is of another file: its url is 'products.csv'"):
            stamp.read(out / "copy.csv")


def test_the_same_run_has_the_same_id_and_another_input_another(made, tmp_path, sample):
    form = "csv" if (made / "products.csv").exists() else "parquet"
    for folder in (tmp_path / "a", tmp_path / "b"):
        main.main(["jwst", str(samples.TABLE), "--out", str(folder), "--format", form, "--asn"])
    assert verify(tmp_path / "a").run == verify(tmp_path / "b").run == verify(made).run
    sample.head(4).to_csv(tmp_path / "few.csv", index=False)
    main.main(["jwst", str(tmp_path / "few.csv"), "--out", str(tmp_path / "a"), "--format", form])
    assert verify(tmp_path / "a").run != verify(made).run
