"""Folders: every file that is asked for is read, rejected, or in a folder that is told not to be looked into."""

import os
import shutil
from pathlib import Path

import pytest

from scrub import hst_cal, hst_svm, jwst
from scrub.cli import main
from scrub.files import folders
from scrub.files.table_files import SourceError
from tests import hst


def is_wanted(name: str) -> bool:
    return name.endswith(".x")


def write(folder: Path, *paths: str) -> Path:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("")
    return folder


def find(folder: Path) -> tuple[list[str], list[list[str]], tuple[str, ...]]:
    listed = folders.find_files(folder, is_wanted)
    return listed.files, listed.rejected[["what", "reason"]].to_numpy().tolist(), listed.passed_over


def test_files_of_the_folder_then_of_the_folders_in_it(tmp_path):
    write(tmp_path, "b/2.x", "a/1.x", "a/other", "a/deeper/3.x", "a/.hidden/4.x")
    assert find(tmp_path) == (["a/1.x", "b/2.x"], [], ("a/deeper",))
    write(tmp_path, "0.x", "c/other")
    assert find(tmp_path) == (["0.x"], [], ("a", "b"))


def test_files_are_in_the_order_of_the_parts_of_their_paths(tmp_path):
    write(tmp_path, "a b/1.x", "a/2.x", "a!/3.x", "a/10.x")  # a blank and ! come before the bar
    for name in ("a b/0.x", "a/0.x"):
        (tmp_path / name).symlink_to("nowhere")
    names, rejected, _ = find(tmp_path)
    assert names == ["a/10.x", "a/2.x", "a b/1.x", "a!/3.x"]
    assert [what for what, _ in rejected] == ["a/0.x", "a b/0.x"]


def test_what_has_the_name_of_a_file_and_is_none_is_rejected(tmp_path):
    write(tmp_path, "0.x")
    (tmp_path / "gone.x").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.x").symlink_to(tmp_path / "loop.x")
    (tmp_path / "good.x").symlink_to(tmp_path / "0.x")
    (tmp_path / "folder.x").mkdir()
    os.mkfifo(tmp_path / "pipe.x")  # to open it would be to wait without end
    assert find(tmp_path) == (
        ["0.x", "good.x"],
        [["folder.x", "a folder, and no file"], ["gone.x", "a link to nothing"], ["loop.x", "a link to nothing"],
         ["pipe.x", "no plain file"]],
        (),
    )  # fmt: skip


@pytest.fixture
def closed(monkeypatch):
    """Folders of a name that nobody may open."""
    scan = os.scandir

    def refuse(path):
        if Path(path).name == "closed":
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)


def test_a_folder_that_cannot_be_opened_is_rejected(tmp_path, closed):
    write(tmp_path, "a/1.x", "closed/2.x")
    assert find(tmp_path) == (["a/1.x"], [["closed", "a folder that cannot be read: Permission denied"]], ())
    write(tmp_path, "0.x")
    assert find(tmp_path) == (["0.x"], [], ("a", "closed"))
    with pytest.raises(PermissionError):
        find(tmp_path / "closed")


def test_a_whole_tree_is_walked_but_for_links(tmp_path, closed):
    write(tmp_path, "1.x", "a/2.x", "a/b/c/3.x", "a/closed/4.x")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    (tmp_path / "a" / "b" / "gone.x").symlink_to("nowhere")
    listed = folders.walk_files(tmp_path, is_wanted)
    assert listed.files == ["1.x", "a/2.x", "a/b/c/3.x"]
    assert listed.rejected["what"].tolist() == ["a/b/gone.x", "a/closed"]
    assert listed.passed_over == ("link",)


def test_the_ledger_names_the_folders_that_nobody_looked_into(tmp_path, fits_folder, capsys):
    one, two, *_ = sorted(fits_folder.glob("*.fits"))
    shutil.copy(one, tmp_path)
    assert "not_looked_into" not in jwst.run(tmp_path).ledger
    (tmp_path / "more").mkdir()
    shutil.copy(two, tmp_path / "more")
    (tmp_path / "gone_uncal.fits").symlink_to("nowhere")
    answer = jwst.run(tmp_path)
    assert answer.ledger["not_looked_into"] == ["more"]
    assert answer.ledger["files"] == {"found": 2, "read": 1, "unreadable": 1}
    assert answer.rejected[["what", "stage", "reason"]].to_numpy().tolist() == [
        ["gone_uncal.fits", "files", "a link to nothing"]
    ]
    assert main.main(["jwst", str(tmp_path)]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert "not looked into: 1 folder(s), such as 'more': give each as an input of its own" in printed
    (tmp_path / "gone_uncal.fits").unlink()
    assert main.main(["jwst", str(tmp_path)]) == 0


def test_the_other_pipelines_look_alike(tmp_path):
    hst.feature_files(tmp_path / "cal")
    (tmp_path / "cal" / "x_MemModelFeatures.txt").symlink_to("nowhere")
    answer = hst_cal.run(tmp_path / "cal")
    assert answer.ledger["files"] == {"found": 3, "read": 2, "unreadable": 1}
    frame = hst.table(2)
    hst.qa_files(tmp_path / "svm" / "qa", hst.bare(frame))
    hst.images(tmp_path / "svm", frame)
    (tmp_path / "svm" / "qa" / "x_total_x_svm_x.json").symlink_to("nowhere")
    mosaics = hst_svm.run(tmp_path / "svm", classify=hst_svm.classes(hst.RULES, hst.classes(frame)))
    assert mosaics.ledger["files"]["unreadable"] == 1
    assert len(mosaics.features) == 2
    with pytest.raises(SourceError, match="no such folder"):
        hst_cal.run(tmp_path / "nowhere")


def test_a_folder_with_nothing_but_a_link_to_nothing_is_no_success(tmp_path):
    (tmp_path / "gone_uncal.fits").symlink_to("nowhere")
    answer = jwst.run(tmp_path)
    assert answer.ledger["files"] == {"found": 1, "read": 0, "unreadable": 1}


@pytest.mark.parametrize(("count", "many"), [(1, True), (2, True), (3, False)])
@pytest.mark.parametrize("inner", ["", "below/"], ids=["in it", "one folder down"])
def test_many_files_are_counted_by_name(tmp_path, inner, count, many):
    (tmp_path / "below").mkdir()
    for name in ("a.fits", "b.fits", "c.txt"):
        (tmp_path / f"{inner}{name}").touch()
    (tmp_path / "below" / "d.txt").touch()
    assert folders.has_many(tmp_path, lambda name: name.endswith(".fits"), count) is many


def test_files_below_do_not_count_where_a_folder_has_its_own(tmp_path):
    (tmp_path / "below").mkdir()
    for name in ("a.fits", "below/b.fits", "below/c.fits"):
        (tmp_path / name).touch()
    assert not folders.has_many(tmp_path, lambda name: name.endswith(".fits"), 2)
