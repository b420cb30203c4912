"""A run is one thing: all of its files take their place, or none; one run at a time; inputs and other files stay."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub.files import digest, run_folder


def write_run(folder, files, inputs=()):
    """Write a run of the named files, with its ledger."""
    folder.mkdir(exist_ok=True)
    with run_folder.open_run(folder, inputs, wait=0) as staging:
        for name, text in files.items():
            (staging / name).parent.mkdir(exist_ok=True)
            (staging / name).write_text(text)
        outputs = run_folder.hash_files(staging)
        (staging / run_folder.LEDGER).write_text(json.dumps({"outputs": outputs}))


def read_folder(folder):
    """Return every file of a folder by its path, hidden ones too."""
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()}


ONE, DATASET = "t.parquet", "t.parquet/part-0.parquet"  # a table is a file or a folder of files, never both
names = st.sampled_from(["a.csv", "b.csv", "asn/c.json", "asn/d.json", ONE, DATASET])
runs = st.dictionaries(names, st.text("xy", min_size=1, max_size=2), min_size=1).filter(
    lambda files: not {ONE, DATASET} <= set(files)
)


@given(first=runs, second=runs, own=st.booleans())
def test_a_folder_has_the_last_run_and_what_no_run_wrote(tmp_path_factory, first, second, own):
    folder = tmp_path_factory.mktemp("out")
    if own:
        (folder / "notes.txt").write_text("mine")
    write_run(folder, first)
    write_run(folder, second)
    there = read_folder(folder)
    there.pop(run_folder.LEDGER)
    assert there == {**second, **({"notes.txt": "mine"} if own else {})}
    assert run_folder.find_changes(folder) == []
    assert (folder / "asn").exists() == any(name.startswith("asn/") for name in second)


def test_an_output_of_an_earlier_run_that_was_changed_since_is_left_alone(tmp_path):
    write_run(tmp_path, {"a.csv": "1", "b.csv": "1"})
    (tmp_path / "b.csv").write_text("mine now")
    write_run(tmp_path, {"a.csv": "2"})
    assert (tmp_path / "b.csv").read_text() == "mine now"


def test_a_run_that_fails_leaves_the_run_before(tmp_path):
    write_run(tmp_path, {"a.csv": "1"})
    before = read_folder(tmp_path)
    with pytest.raises(ZeroDivisionError), run_folder.open_run(tmp_path) as staging:  # noqa: PT012
        (staging / "a.csv").write_text("2")
        raise ZeroDivisionError
    assert read_folder(tmp_path) == before


STEPS = """
import json, os, signal, sys
from pathlib import Path
from scrub.files import digest, run_folder
folder, stop = Path(sys.argv[1]), int(sys.argv[2])
steps = 0
def count(event, arguments):
    global steps
    if event in ("os.rename", "os.remove", "os.rmdir", "os.mkdir") or (event == "open" and "w" in str(arguments[1])):
        steps += 1
        if steps == stop:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
with run_folder.open_run(folder) as staging:
    for name in sys.argv[3:]:
        (staging / name).parent.mkdir(exist_ok=True)
        (staging / name).write_text("2")
    (staging / run_folder.LEDGER).write_text(json.dumps({"outputs": run_folder.hash_files(staging)}))
"""
KILLED = [
    pytest.param(["a.csv", "b.csv"], ["a.csv", "c.csv"], id="files"),
    pytest.param(["a.csv", ONE], ["a.csv", DATASET], id="a file becomes a dataset"),
    pytest.param(["a.csv", DATASET, "t.parquet/part-1.parquet"], ["a.csv", ONE], id="a dataset becomes a file"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), KILLED)
def test_a_run_killed_at_any_step_leaves_files_of_one_run_and_says_if_they_are_not_all(tmp_path, before, after):
    old, new = dict.fromkeys(before, "1"), dict.fromkeys(after, "2")
    ends = set()
    for stop in range(1, 100):
        folder = tmp_path / str(stop)
        write_run(folder, old)
        done = subprocess.run([sys.executable, "-c", STEPS, folder, str(stop), *after], check=False)
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
        there = read_folder(folder)
        there.pop(run_folder.LEDGER, None)
        seen = {name: text for name, text in there.items() if not name.startswith(".")}
        changes = run_folder.find_changes(folder)
        whole = seen in (old, new) and not changes
        assert whole or changes == [f"{folder}: a run was stopped while its files took their place: run it again"]
        assert any(seen.items() <= run.items() for run in (old, new)), "never files of two runs"
        ends.add(whole)
        write_run(folder, {"a.csv": "3"})
        there = read_folder(folder)
        there.pop(run_folder.LEDGER)
        assert there == {"a.csv": "3"}, "the next run clears what is left, and what the runs before wrote"
    assert stop > 10
    assert ends == {True, False}


def test_a_second_writer_is_refused_by_name_while_the_first_writes(tmp_path):
    write_run(tmp_path, {"a.csv": "1"})
    with run_folder.open_run(tmp_path), pytest.raises(run_folder.BusyError) as refused:  # noqa: SIM117
        with run_folder.open_run(tmp_path, wait=0.05):
            pass
    assert str(refused.value) == f"{tmp_path}: another run is writing into this folder: try again later"
    write_run(tmp_path, {"a.csv": "2"})


def test_no_output_replaces_an_input_whatever_it_is_called(tmp_path):
    table, link, hard = (tmp_path / name for name in ("products.csv", "link.csv", "hard.csv"))
    table.write_text("exposure")
    link.symlink_to(table)
    hard.hardlink_to(table)
    for given_ in (table, link, hard, tmp_path / "." / "products.csv"):
        with pytest.raises(OSError, match="is an input, and an output would replace it: name another output"):
            write_run(tmp_path, {"products.csv": "2"}, [given_])
    assert table.read_text() == "exposure"
    write_run(tmp_path, {"members.csv": "2"}, [table])


def test_a_file_of_an_input_folder_is_replaced_only_if_a_run_wrote_it(tmp_path):
    write_run(tmp_path, {"products.csv": "1"}, [tmp_path])
    write_run(tmp_path, {"products.csv": "2"}, [tmp_path])
    (tmp_path / "members.csv").write_text("mine")
    with pytest.raises(OSError, match="members.csv is an input"):
        write_run(tmp_path, {"members.csv": "2"}, [tmp_path])
    (tmp_path / "linked").symlink_to(tmp_path)
    with pytest.raises(OSError, match="members.csv is an input"):
        write_run(tmp_path / "linked", {"members.csv": "2"}, [tmp_path])


def test_an_output_that_is_a_link_is_replaced_and_its_target_kept(tmp_path):
    target = tmp_path / "target.txt"
    target.write_text("precious")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "products.csv").symlink_to(target)
    write_run(folder, {"products.csv": "1"})
    assert target.read_text() == "precious"
    assert not (folder / "products.csv").is_symlink()


def test_a_folder_with_the_name_of_an_output_is_refused_and_nothing_is_written(tmp_path):
    (tmp_path / "products.csv").mkdir()
    with pytest.raises(OSError, match="products.csv is a folder, and an output has its name"):
        write_run(tmp_path, {"a.csv": "1", "products.csv": "1"})
    assert read_folder(tmp_path) == {}


def test_the_folder_may_be_a_link_or_the_working_folder(tmp_path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_run(tmp_path / "link", {"a.csv": "1"})
    assert (tmp_path / "real" / "a.csv").read_text() == "1"
    monkeypatch.chdir(tmp_path / "real")
    write_run(Path(), {"a.csv": "2"})
    assert (tmp_path / "real" / "a.csv").read_text() == "2"


@pytest.mark.parametrize("content", ["no JSON", "[]", '{"files": ["../a.csv"], "stale": []}', '{"files": [1]}'])
def test_a_journal_that_no_run_wrote_is_refused(tmp_path, content):
    staging = tmp_path / run_folder.STAGING
    staging.mkdir()
    (staging / run_folder.JOURNAL).write_text(content)
    (staging / "a.csv").write_text("1")
    with pytest.raises(OSError, match="no run of skyscrub wrote this: remove the folder"):
        write_run(tmp_path, {"a.csv": "1"})
    assert [p.name for p in tmp_path.iterdir()] == [run_folder.STAGING]


def test_changes_are_named(tmp_path):
    write_run(tmp_path, {"a.csv": "1", "b.csv": "1"})
    (tmp_path / "a.csv").write_text("x")
    (tmp_path / "b.csv").unlink()
    assert run_folder.find_changes(tmp_path) == [f"{tmp_path}/a.csv: changed since the run", f"{tmp_path}/b.csv: gone"]


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_sub_folder_that_is_none_is_refused_and_the_run_before_stays(tmp_path, kind):
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    write_run(folder, {"a.csv": "1"})
    (folder / "asn").symlink_to(elsewhere) if kind == "link" else (folder / "asn").write_text("mine")
    before = read_folder(folder)
    with pytest.raises(
        OSError, match="asn is no folder of its own, and outputs go into a folder of this name: move it"
    ):
        write_run(folder, {"a.csv": "2", "asn/c.json": "2"})
    assert read_folder(folder) == before
    assert list(elsewhere.iterdir()) == []
    write_run(folder, {"a.csv": "3"})
    assert run_folder.find_changes(folder) == []


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_stands_in_the_way_of_a_run_is_named(tmp_path, kind):
    way = tmp_path / run_folder.STAGING
    way.symlink_to(tmp_path) if kind == "link" else way.write_text("")
    with pytest.raises(OSError, match=f"{run_folder.STAGING} is in the way of a run: remove it"):
        write_run(tmp_path, {"a.csv": "1"})
    assert [path.name for path in tmp_path.iterdir()] == [run_folder.STAGING]


def test_a_table_in_the_other_form_is_not_of_the_run(tmp_path):
    (tmp_path / "products.parquet").write_text("1")
    outputs = {"products.parquet": digest.of_file(tmp_path / "products.parquet")}
    ledger = {"outputs": outputs, "contents": {"products": "f00d", "../x": "f00d"}}
    (tmp_path / run_folder.LEDGER).write_text(json.dumps(ledger))
    assert run_folder.find_changes(tmp_path) == []
    (tmp_path / "products.csv").write_text("older")
    assert run_folder.find_changes(tmp_path) == [f"{tmp_path / 'products.csv'}: not of this run"]
