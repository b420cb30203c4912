"""The archive: asked in batches and again after waits, its answers kept."""

import json
import sys

import pandas as pd
import pytest

from scrub import hst_svm
from scrub.files.table_files import SourceError
from scrub.hst_svm import mast
from tests import hst


def targets(count, **cells):
    return pd.DataFrame([hst.row(i, **cells) for i in range(count)]).drop(columns="category")


def test_the_archive_is_asked_in_batches_and_its_answers_are_kept(tmp_path):
    archive = hst.Archive({f"TARG-{i}": ["STAR;B", "ISM;A", "STAR;B"] for i in range(100)} | {"ANY": ["GALAXY;X", ""]})
    frame = pd.concat(
        [targets(120), targets(2, **{"header.TARGNAME": "ANY"}).assign(index=[hst.index(500), hst.index(501)])]
    )
    cache = tmp_path / "deep" / "classes.json"
    classify = mast.classifier(hst.RULES, cache=cache, ask=archive)
    raw = hst_svm.run(frame, classify=classify).raw
    assert raw["category"].tolist() == ["STAR;B"] * 100 + ["UNIDENTIFIED"] * 20 + ["GALAXY;X"] * 2
    sizes = [len(request.get("target_name", [])) for request in archive.requests]
    assert sizes == [50, 50, 20, 0, 0]
    asked = [name for request in archive.requests for name in request.get("target_name", [])]
    assert len(asked) == len(set(asked)) == 120
    assert archive.requests[-1]["proposal_id"] == "10501"
    assert archive.requests[-1]["coordinates"] == (1.5, 0.5)
    archive.requests.clear()
    assert hst_svm.run(frame, classify=mast.classifier(hst.RULES, cache=cache, ask=archive)).raw.equals(raw)
    assert [request["target_name"] for request in archive.requests] == [[f"TARG-{i}" for i in range(100, 120)]]


def test_a_name_with_a_wildcard_is_asked_for_alone():
    archive = hst.Archive({"V*-AB-AUR": ["STAR;X"], "TARG-0": ["ISM"], "V2-AB-AUR": ["GALAXY"]})
    frame = pd.concat([targets(2), targets(1, **{"header.TARGNAME": "V*-AB-Aur"}).assign(index=hst.index(2))])
    assert hst_svm.run(frame, classify=mast.classifier(hst.RULES, ask=archive)).raw["category"].tolist()[2] == "STAR;X"
    assert [request["target_name"] for request in archive.requests] == [["TARG-0", "TARG-1"], ["V*-AB-Aur"]]


def test_the_archive_is_asked_again_after_longer_and_longer_waits():
    waits = []
    archive = hst.Archive({"TARG-0": ["ISM"]}, failures=3)
    answer = hst_svm.run(targets(1), classify=mast.classifier(hst.RULES, ask=archive, wait=waits.append))
    assert answer.raw["category"].tolist() == ["ISM"]
    assert waits == [1.0, 2.0, 4.0]
    shut = hst.Archive({}, failures=4)
    answer = hst_svm.run(targets(2), classify=mast.classifier(hst.RULES, ask=shut, wait=waits.append))
    assert answer.rejected["reason"].tolist() == ["the archive did not answer: busy"] * 2
    assert answer.rejected["column"].tolist() == ["targname"] * 2


@pytest.mark.parametrize("text", ["{", "[]", '{"a": 1}'])
def test_a_cache_that_is_none(tmp_path, text):
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(SourceError, match="not a cache of target classes"):
        hst_svm.run(targets(1), classify=mast.classifier(hst.RULES, cache=tmp_path / "c.json", ask=hst.Archive({})))


def test_astroquery_is_asked_unless_told_otherwise(astroquery):
    frame = pd.concat([targets(1), targets(2, **{"header.TARGNAME": "ANY"}).iloc[[1]]])
    assert hst_svm.run(frame).raw["category"].tolist() == ["ISM;X", "STAR;X"]
    assert astroquery.requests[1]["coordinates"].ra.deg == 1.5
    assert json.loads(mast.cache_file().read_text())["name TARG-0"] == "ISM;X"


def test_astroquery_that_fails(astroquery):
    astroquery.failures = 9
    classify = mast.classifier(hst.RULES, wait=lambda seconds: None)
    reason = hst_svm.run(targets(1), classify=classify).rejected["reason"].tolist()
    assert reason == ["the archive did not answer: RemoteServiceError: closed"]


def test_mast_needs_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "astroquery", None)
    with pytest.raises(SourceError, match=r"pip install 'skyscrub\[mast\]'"):
        hst_svm.run(targets(1))
