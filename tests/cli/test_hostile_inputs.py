"""Files and names from outside that are not what they should be: a code and a sentence, the rest of the input counts."""

import json
import os
import shutil
import subprocess
from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from scrub.cli import main
from scrub.compat import JwstCalScrubber
from scrub.files.shipped import find
from scrub.tables.language import KEYS

versions = import_module("scrub.tables.diff.versions")  # a function of the package has this name, too
ODD_NAME = os.fsdecode(b"jw\xff")


def account(printed, kind):
    return json.loads(printed.out)[kind]


def test_a_fits_file_whose_name_is_not_utf8_is_rejected_and_the_others_read(fits_folder, tmp_path, capsys):
    first, second = sorted(fits_folder.glob("*.fits"))[:2]
    shutil.copy(first, tmp_path)
    shutil.copy(second, tmp_path / f"{ODD_NAME}_uncal.fits")
    assert main.main(["jwst", str(tmp_path), "--json", "--out", str(tmp_path / "out")]) == 1
    assert account(capsys.readouterr(), "files") == {"found": 2, "read": 1, "unreadable": 1}
    rejected = pd.read_csv(tmp_path / "out" / "rejected.csv")
    assert rejected[["what", "reason"]].values.tolist() == [["jw\\udcff_uncal.fits", "a name that is not UTF-8"]]


def test_a_folder_whose_name_is_not_utf8_is_read_and_written(fits_folder, tmp_path, capsys):
    folder = tmp_path / ODD_NAME
    folder.mkdir()
    shutil.copy(min(fits_folder.glob("*.fits")), folder)
    assert main.main(["jwst", str(folder), "--out", str(folder / "out")]) == 0
    assert main.main(["verify", str(folder / "out")]) == 0
    capsys.readouterr()


def test_other_files_whose_names_are_not_utf8_are_rejected(tmp_path, capsys):
    assert main.main(["sample", str(tmp_path)]) == 0
    feature, qa = min((tmp_path / "hst-cal").iterdir()), min((tmp_path / "hst-svm").rglob("*_svm_*.json"))
    shutil.copy(feature, feature.with_name(ODD_NAME + feature.name))
    qa.with_name(ODD_NAME + qa.name).write_text("{")
    capsys.readouterr()
    assert main.main(["hst-cal", str(tmp_path / "hst-cal"), "--json"]) == 1
    assert account(capsys.readouterr(), "files")["unreadable"] == 1
    classes = str(tmp_path / "hst-svm" / "classes.csv")
    assert main.main(["hst-svm", str(tmp_path / "hst-svm"), "--classes", classes, "--json"]) == 1
    assert account(capsys.readouterr(), "files")["unreadable"] == 1


def test_half_a_surrogate_pair_in_a_qa_file_is_rejected(tmp_path, capsys):
    main.main(["sample", str(tmp_path)])
    folder = tmp_path / "hst-svm"
    for qa in folder.rglob("*_svm_*.json"):
        text = qa.read_text()
        content = json.loads(text)
        if "header" in content:
            content["header"]["TARGNAME"] = "\udcff"
            qa.write_text(json.dumps(content))
            break
    capsys.readouterr()
    assert main.main(["hst-svm", str(folder), "--classes", str(folder / "classes.csv"), "--json"]) == 1
    counts = account(capsys.readouterr(), "datasets")
    assert counts["rejected"] >= 1
    assert counts["in"] == sum(number for name, number in counts.items() if name != "in")


@pytest.mark.parametrize("circle", ["/a", "/", "/b/c"])
def test_an_hdf5_file_with_links_in_a_circle_is_refused(tmp_path, circle, capsys):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "t.h5", "w") as file:
        file["a"] = h5py.SoftLink(circle)
        group = file.create_group("b")
        group["c"] = h5py.SoftLink("/b")
        group["d"] = group
    assert main.main(["hst-svm", str(tmp_path / "t.h5"), "--fits", str(tmp_path)]) == 3
    assert "please report" not in capsys.readouterr().err


@pytest.mark.parametrize("share", range(4))
def test_an_hdf5_file_with_flipped_bits_ends_in_a_code(tmp_path, share, capsys):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "whole.h5", "w") as file:
        for name in ("index", "targname", "imgname", "detector"):
            file[name] = ["a", "b"]
        for name in ("ra_targ", "dec_targ", "numexp", "point", "segment", "rms_ra", "rms_dec", "nmatches", "wcstype"):
            file[name] = np.array([1.0, 2.0])
    whole = (tmp_path / "whole.h5").read_bytes()
    random = np.random.default_rng(share)
    for _ in range(60):
        broken = bytearray(whole)
        broken[random.integers(len(broken))] ^= 1 << random.integers(8)
        (tmp_path / "t.h5").write_bytes(broken)
        assert main.main(["hst-svm", str(tmp_path / "t.h5"), "--classes", str(tmp_path / "none.csv")]) in {1, 3}
        assert "please report" not in capsys.readouterr().err


VALUES = {
    "a list": "[1, [2]]",
    "a number": "3",
    "a float": "nan",
    "a table": "{ a = { b = 1 } }",
    "a date": "2020-01-01",
    "a flag": "true",
    "a text": '"x"',
}


@pytest.mark.slow
@pytest.mark.parametrize("key", [*KEYS, "like", "tools", "unknown"])
def test_a_key_of_tables_toml_of_another_type_is_refused_by_line(tmp_path, key, capsys):
    text = (find("rules") / "tables.toml").read_text()
    own = tmp_path / "hst_cal"
    shutil.copytree(find("rules") / "hst_cal", own)
    shutil.copytree(find("rules") / "common", tmp_path / "common")
    name = key.partition(".")[2] or key
    for section in ("hst_cal", "hst_cal.features", "hst_cal.encodings"):
        for value in VALUES.values():
            place = f"{section}.tools" if key.startswith("tools.") else section
            line = f"{name} = {value}\n"
            head = f"[{place}]\n"
            broken = text.replace(head, head + line) if head in text else f"{text}\n{head}{line}"
            (tmp_path / "tables.toml").write_text(broken)
            for words in (["rules", "check", str(own)], ["hst-cal", "none.csv", "--rules", str(own)]):
                assert main.main(words) in {0, 1, 2, 3}
                assert "please report" not in "".join(capsys.readouterr())


def test_a_byte_that_is_not_utf8_is_told_by_line(tmp_path, capsys):
    (tmp_path / "encodings.csv").write_bytes(
        b"column,value,code,since,until,source,note\nfilter,F1,52,,,s,\nfilter,F\xff,53,,,s,\n"
    )
    assert main.main(["jwst", ".", "--rules", str(tmp_path)]) == 3
    assert "encodings.csv:3: damage: not UTF-8: the byte 0xff" in capsys.readouterr().err
    (tmp_path / "tables.toml").write_bytes(b"[jwst]\n# caf\xe9\n")
    assert main.main(["jwst", ".", "--rules", str(tmp_path)]) == 3
    assert "tables.toml:2: not UTF-8: the byte 0xe9" in capsys.readouterr().err


@pytest.fixture
def repository(tmp_path, monkeypatch):
    for key, value in {"AUTHOR": "a", "COMMITTER": "c"}.items():
        monkeypatch.setenv(f"GIT_{key}_NAME", value)
        monkeypatch.setenv(f"GIT_{key}_EMAIL", f"{value}@example.org")
    folder = tmp_path / "repository"
    shutil.copytree(find("rules"), folder / "rules")
    for target, link in (
        ("/etc/passwd", "jwst/out.csv"),
        ("circle.csv", "jwst/circle.csv"),
        ("../../..", "jwst/up"),
        ("gone", "common/gone.csv"),
    ):
        (folder / "rules" / link).symlink_to(target)
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "links"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize(
    "revision",
    ["HEAD^{/x}", "HEAD^{/", "@{-1}", "HEAD@{now", ":/x", "HEAD:../..", "\x1b[0m", "HEAD\udcff"],
)
def test_a_name_of_git_that_is_none_is_wrong_usage(repository, revision, capsys):
    assert main.main(["rules", "diff", revision, "rules/jwst"]) == 2
    assert "please report" not in capsys.readouterr().err


def test_links_in_a_revision_end_in_a_sentence(repository, capsys):
    assert main.main(["rules", "diff", "HEAD", "rules/jwst"]) in {0, 1, 2, 3}
    assert main.main(["rules", "check", "rules/jwst", "--since", "HEAD"]) in {0, 1, 2, 3}
    assert "please report" not in "".join(capsys.readouterr())


def test_git_is_given_a_time_and_no_terminal(tmp_path, monkeypatch, capsys):
    git = tmp_path / "git"
    git.write_text('#!/bin/sh\necho "$GIT_TERMINAL_PROMPT" > asked\nread line || exec sleep 30\n')
    git.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(versions, "PATIENCE", 0.5)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(versions.NoSuchRulesError, match=r"no answer in 0\.5 seconds"):
        versions.read_month("HEAD", tmp_path)
    assert (tmp_path / "asked").read_text() == "0\n"


def test_a_group_that_there_is_not_is_named(rules, sample):
    scrubber = JwstCalScrubber(None, data=sample, mode="df")
    with pytest.raises(ValueError, match="no group 'IMG': there are IMAGE, SPEC, TAC, FGS"):
        scrubber.scrub_inputs("IMG")
