"""FITS headers: what is read, and what every kind of broken file becomes."""

import gzip
import os
import shutil

import pandas as pd
import pytest
from astropy.io import fits

from scrub import jwst
from scrub.files import fits_headers
from scrub.files.table_files import SourceError

NAME = "jw09999001001_02101_00001_nrca1_uncal.fits"
WANTED = {"PRIMARY": ["PROGRAM", "EXP_TYPE", "TSOVISIT", "TARG_RA", "FXD_SLIT"], "SCI": ["RA_REF"]}


@pytest.fixture
def folder(fits_folder, tmp_path):
    """Two good files, to break one of."""
    for name in (NAME, NAME.replace("nrca1", "nrca2")):
        shutil.copy(fits_folder / name, tmp_path / name)
    return tmp_path


def test_keywords_are_text_and_absent_ones_blank(folder):
    told = fits_headers.read_file(folder / NAME, WANTED)
    assert told == {
        "PROGRAM": "09999", "EXP_TYPE": "NRC_IMAGE", "TSOVISIT": "False", "TARG_RA": "80", "FXD_SLIT": "",
        "RA_REF": "80.0004",
    }  # fmt: skip


def rejected(folder, **options):
    answer = jwst.run(folder, **options)
    assert len(answer.exposures) + len(answer.rejected) == answer.ledger["files"]["found"]
    assert answer.ledger["files"]["unreadable"] == len(answer.rejected)
    return answer.rejected


def break_file(folder, change):
    path = folder / NAME
    path.write_bytes(change(path.read_bytes()))


HEADERS = 2880
BROKEN = {
    "not FITS": (lambda data: b"<html>502</html>", "not a FITS file"),
    "empty": (lambda data: b"", "empty file"),
    "cut in the first header": (lambda data: data[:1000], "truncated in a header"),
    "cut before SCI": (lambda data: data[:HEADERS], "no extension SCI"),
    "cut in the SCI header": (lambda data: data[: HEADERS + 1000], "truncated in a header"),
    "no END": (lambda data: data[:HEADERS].replace(b"END     ", b"COMMENT ") * 2100, "a header without END"),
    "padding for SCI": (lambda data: data[:HEADERS] + b"\0" * HEADERS, "no extension SCI"),
    "rubbish for SCI": (lambda data: data[:HEADERS] + b"x" * HEADERS, "no extension SCI: other bytes where it may begin"),
    "another extension": (lambda data: data.replace(b"'SCI     '", b"'ERR     '"), "no extension SCI"),
    "SCI data cut": (
        lambda data: with_data(data),
        "truncated in the data of SCI",
    ),
    "no NAXIS": (lambda data: data.replace(b"NAXIS   =                    0", b"NAXIS   =                   -1"), "not a size that data can have"),
    "NAXIS is no number": (lambda data: data.replace(b"NAXIS   =                    0", b"NAXIS   =                 lots"), "a card that breaks the FITS standard"),
    "a sector of zeros": (lambda data: data[:512] + b"\0" * 512 + data[1024:], "zero bytes in a header"),
    "a card twice": (lambda data: data.replace(*twice(data, b"OBSERVTN= '002     '"), 1), "a card that stands twice, with different values"),
    "a letter of a keyword": (lambda data: data.replace(b"NUMDTHPT=", b"NUMDTHPI="), "absent, and a card whose keyword is one letter off is there"),
}  # fmt: skip


def twice(data: bytes, card: bytes) -> tuple[bytes, bytes]:
    """END of the first header, and another card before it."""
    end = b"END".ljust(80)
    return end + b" " * 80, card.ljust(80) + end


def with_data(data: bytes) -> bytes:
    """The SCI header says that a pixel follows, and none does."""
    card = b"NAXIS   =                    0"
    at = data.rindex(card)
    return (
        data[:at]
        + b"NAXIS   =                    1"
        + data[at + len(card) :].replace(b"PCOUNT  =                    0", b"NAXIS1  =                    1", 1)
    )


@pytest.mark.parametrize(("change", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_rejected_with_its_reason(folder, change, reason):
    break_file(folder, change)
    told = rejected(folder)
    assert told[["what", "stage", "reason"]].to_numpy().tolist() == [[NAME, "files", reason]]


@pytest.mark.parametrize("size", [b"-2880", b"1000000000000000000", b"10.0"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_size_that_data_cannot_have_is_rejected_and_never_loops(folder, size, packed):
    break_file(
        folder, lambda data: with_data(data).replace(b"NAXIS1  =                    1", b"NAXIS1  = " + size.rjust(20))
    )
    path = folder / NAME
    if packed:
        path.with_suffix(".fits.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    told = rejected(folder)
    assert told["reason"].tolist() in (["not a size that data can have"], ["truncated in the data of SCI"])
    assert told["value"].tolist() != [""]


@pytest.mark.parametrize("byte", [b"\xb0", b"\x01", b"\n"])
def test_an_odd_byte_in_a_card_ends_nothing(folder, byte):
    break_file(folder, lambda data: data.replace(b"09999   ", b"09" + byte + b"99   ", 1))
    answer = jwst.run(folder)
    assert len(answer.members) == 1
    assert answer.rejected["column"].tolist() == ["PROGRAM"]


def test_a_file_that_cannot_be_opened_is_rejected(folder):
    (folder / NAME).unlink()
    (folder / NAME).symlink_to(folder / "nowhere")
    (folder / "loop_uncal.fits.gz").write_bytes(b"\x1f\x8b\x08\x00 this is no gzip stream")
    told = rejected(folder)
    assert told["what"].tolist() == [NAME, "loop_uncal.fits.gz"]
    assert told["reason"].str.match("a link to nothing|cannot be read: ").all()


def test_a_truncated_gzip_file_is_rejected(folder):
    packed = gzip.compress((folder / NAME).read_bytes())
    (folder / f"{NAME}.gz").write_bytes(packed[:-200])
    told = rejected(folder)
    assert told["what"].tolist() == [f"{NAME}.gz"]
    assert told["reason"].tolist() == ["cannot be read: EOFError"]


def test_a_packed_file_is_read_to_its_end_unless_it_must_be_fast(folder):
    data = (folder / NAME).read_bytes() + bytes(3 * 2**20)
    (folder / NAME).unlink()
    packed = gzip.compress(data)
    path = folder / f"{NAME}.gz"
    damages = {"BadGzipFile": packed[:-6] + bytes(1) + packed[-5:], "EOFError": packed[:-9]}
    for error, damaged in damages.items():
        path.write_bytes(damaged)
        assert rejected(folder)["reason"].tolist() == [f"cannot be read: {error}"]
        answer = jwst.run(folder, fast=True)
        assert answer.rejected.empty
        assert answer.ledger["fast"] is True
    path.write_bytes(packed)
    answer = jwst.run(folder)
    assert answer.rejected.empty
    assert answer.ledger["fast"] is False


def test_packed_files_say_the_same(folder):
    plain = fits_headers.read_file(folder / NAME, WANTED)
    packed = folder / f"{NAME}.gz"
    packed.write_bytes(gzip.compress((folder / NAME).read_bytes()))
    assert fits_headers.read_file(packed, WANTED) == plain
    names = fits_headers.exposure_names(pd.Series([NAME, packed.name]))
    assert names.nunique() == 1


def rewrite(path, change):
    with fits.open(path) as content:
        change(content[0].header)
        content.writeto(path, overwrite=True)


def test_odd_cards_are_left_to_astropy(folder):
    path = folder / NAME
    rewrite(path, lambda header: header.update({"FXD_SLIT": "S" * 90}))
    assert fits_headers.read_file(path, WANTED)["FXD_SLIT"] == "S" * 90
    data = path.read_bytes()
    path.write_bytes(data.replace(b"EXP_TYPE=", b"exp_type="))
    assert fits_headers.read_file(path, WANTED)["EXP_TYPE"] == "NRC_IMAGE"


def test_a_value_that_breaks_the_standard_is_read_as_it_is_written(folder):
    path = folder / NAME
    card = next(data for data in cards(path) if data.startswith(b"TARG_RA "))
    path.write_bytes(path.read_bytes().replace(card, b"TARG_RA = NaN / not a number".ljust(80)))
    assert fits_headers.read_file(path, WANTED)["TARG_RA"] == "NaN"
    path.write_bytes(path.read_bytes().replace(b"TARG_RA = NaN ", b"TARG_RA =     "))
    assert fits_headers.read_file(path, WANTED)["TARG_RA"] == ""
    told = jwst.run(folder).rejected
    assert told[["reason", "column"]].to_numpy().tolist() == [
        ["missing, and always in the headers of fixed targets", "TARG_RA"]
    ]


def cards(path):
    data = path.read_bytes()
    return [data[at : at + 80] for at in range(0, len(data), 80)]


def test_a_header_that_disagrees_with_the_name_is_rejected(folder):
    rewrite(folder / NAME, lambda header: header.update({"PROGRAM": "01234"}))
    told = jwst.run(folder).rejected
    assert told[["reason", "column", "value"]].to_numpy().tolist() == [
        ["not what the name of the exposure says", "PROGRAM", "01234"]
    ]


def test_prefix_and_suffix_choose_files(folder):
    (folder / NAME.replace("uncal", "rate")).write_bytes((folder / NAME).read_bytes())
    (folder / "other_uncal.fits").write_bytes(b"")
    assert len(fits_headers.find_files(folder).files) == 3
    assert fits_headers.find_files(folder, suffix="_rate.fits").files == [NAME.replace("uncal", "rate")]
    assert len(fits_headers.find_files(folder, prefix="jw09999").files) == 2


def test_folders_are_read_one_level_down_and_no_deeper(folder):
    for name in ("one", "two"):
        (folder / name).mkdir()
        shutil.copy(folder / NAME, folder / name / NAME)
    assert len(fits_headers.find_files(folder).files) == 2
    for path in folder.glob("*.fits"):
        path.unlink()
    answer = jwst.run(folder)
    assert answer.exposures["file"].tolist() == [f"one/{NAME}"]
    assert answer.products["NEXPOSUR"].tolist() == [1]
    assert answer.ledger["files"] == {"found": 2, "read": 2, "unreadable": 0}
    assert answer.ledger["exposures"]["duplicates"] == 1
    (folder / "one" / "deeper").mkdir()
    shutil.move(folder / "one" / NAME, folder / "one" / "deeper" / NAME)
    assert len(fits_headers.find_files(folder).files) == 1


def test_nothing_to_read_is_an_error(tmp_path):
    with pytest.raises(SourceError, match="no such folder"):
        jwst.run(tmp_path / "nowhere")
    with pytest.raises(SourceError, match=r"no files named \*_uncal.fits, there or one folder down"):
        jwst.run(tmp_path)


@pytest.mark.slow
def test_many_files_are_read_by_several_processes(folder, monkeypatch):
    alone = jwst.run(folder)
    monkeypatch.setattr(fits_headers, "FIRST", 2)
    monkeypatch.setattr(fits_headers, "START", 0.0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    pd.testing.assert_frame_equal(jwst.run(folder).exposures, alone.exposures)


def test_flight_files(shared):
    answer = jwst.run(shared / "jwst_exposures")
    assert answer.products.index.tolist() == ["jw01075-o001_t1_nircam_maskrnd-f210m-image3"]
    assert answer.ledger["exposures"] == {"in": 3, "products": 3, "left_out": 0, "rejected": 0, "duplicates": 0}
