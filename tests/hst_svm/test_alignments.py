"""Alignments: images read by data set and name, and no path that leaves its folder."""

import pandas as pd
import pytest

from scrub import hst_svm
from scrub.files.shipped import stays_inside
from tests import hst


def test_images_are_read_by_data_set_and_name(tmp_path):
    frame = hst.table(6)
    hst.images(tmp_path, frame)
    hst.same(
        hst_svm.run(hst.bare(frame), fits=tmp_path, classify=hst_svm.classes(hst.RULES, hst.classes(frame))), frame
    )
    hst.same(hst_svm.run(frame.assign(rms_ra="stale"), fits=tmp_path), frame)


@pytest.mark.parametrize("path", ["../x.fits", "/etc/passwd", "a/../../x.fits", "C:\\x.fits", "..\\x.fits", "a\0b"])
def test_no_path_from_data_leaves_its_folder(tmp_path, path):
    assert not stays_inside(path)
    hst.image(tmp_path / "x.fits")
    answer = hst_svm.run(pd.DataFrame([hst.row(1, **{"gen_info.imgname": path})]), fits=tmp_path / "in")
    assert answer.rejected["reason"].tolist() == ["a path that leaves its folder"]


def test_images_that_say_nothing_reject_their_row(tmp_path):
    frame = hst.table(6)
    hst.images(tmp_path, frame.iloc[:1])
    names = [tmp_path / f"i{i:05d}" / name for i, name in enumerate(frame["gen_info.imgname"])]
    hst.image(names[1], RMS_RA=1.0, RMS_DEC=1.0, NMATCHES=2)
    hst.image(names[2], RMS_RA="wide", RMS_DEC=1.0, NMATCHES=2, WCSTYPE="a b c")
    names[3].parent.mkdir()
    names[3].write_bytes(b"not a FITS file")
    hst.image(names[4], RMS_RA=1.0, RMS_DEC=1.0, NMATCHES=2, WCSTYPE="one")
    answer = hst_svm.run(frame, fits=tmp_path)
    told = answer.rejected.set_index("what")[["column", "reason"]].agg(": ".join, axis=1).to_dict()
    assert told == dict(
        zip(
            frame["index"][1:],
            [
                "wcstype: missing",
                "rms_ra: not a number",
                "imgname: not a FITS file",
                "wcstype: missing",
                "imgname: no such file",
            ],
            strict=True,
        )
    )
    assert answer.features.index.tolist() == [frame["index"][0]]
