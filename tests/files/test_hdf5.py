"""HDF5 tables: read by their columns, and never unpickled."""

import pickle
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from scrub import hst_svm
from scrub.files import hdf5, hdf5_texts
from scrub.files.table_files import SourceError
from tests import hst

HDF5 = Path(__file__).parents[1] / "fuzz" / "corpus" / "hdf5" / "mosaics.h5"


def test_hdf5_as_pandas_writes_it(tmp_path):
    pytest.importorskip("tables")
    frame = hst.table(5).set_index("index").rename_axis(None)
    with warnings.catch_warnings(action="ignore"):
        frame.to_hdf(tmp_path / "good.h5", key="mydata", format="table", data_columns=True)
        frame.to_hdf(tmp_path / "packed.h5", key="mydata", format="table")
        frame.to_hdf(tmp_path / "fixed.h5", key="mydata", format="fixed")
    hst.same(hst_svm.run(tmp_path / "good.h5"), hst.table(5))
    for name in ("packed", "fixed"):
        with pytest.raises(SourceError, match="pickles are never read"):
            hst_svm.run(tmp_path / f"{name}.h5")


def test_hdf5_tables(tmp_path):
    pytest.importorskip("h5py")
    import h5py

    frame = hst.table(7)
    records = frame.to_records(index=False, column_dtypes=dict.fromkeys(frame.select_dtypes("str"), "S80"))
    with h5py.File(tmp_path / "fields.h5", "w") as file:
        file["mydata/table"] = np.asarray(records)
    with h5py.File(tmp_path / "columns.hdf5", "w") as file:
        for name in frame:
            file[f"qa/{name}"] = (
                frame[name].astype("object").tolist() if frame[name].dtype == "str" else frame[name].to_numpy()
            )
    for name in ("fields.h5", "columns.hdf5"):
        hst.same(hst_svm.run(tmp_path / name), frame)
    assert hdf5.read_table(tmp_path / "fields.h5")["wcstype"].tolist() == frame["wcstype"].tolist()


def test_hdf5_objects_are_refused_and_never_unpickled(tmp_path):
    h5py = pytest.importorskip("h5py")

    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "exploded"), "w"))

    vlen = h5py.vlen_dtype(np.dtype("uint8"))
    with h5py.File(tmp_path / "objects.h5", "w") as file:
        data = file.create_dataset("k/block0_values", (1,), dtype=vlen)
        data[0] = np.frombuffer(pickle.dumps(Bomb()), dtype="uint8")
        data.attrs["index"] = np.void(pickle.dumps(Bomb()))
    with h5py.File(tmp_path / "packed.h5", "w") as file:
        file["k/table"] = np.array([(b"x", [1])], dtype=[("index", "S1"), ("values_block_0", "<i8", (1,))])
    with h5py.File(tmp_path / "matrix.h5", "w") as file:
        file["k/a"] = np.zeros((2, 2))
    with h5py.File(tmp_path / "bytes.h5", "w") as file:
        file["k/table"] = np.array([(b"\xff",)], dtype=[("index", "S1")])
    for name in ("objects", "packed", "matrix"):
        with pytest.raises(SourceError, match="pickles are never read"):
            hst_svm.run(tmp_path / f"{name}.h5")
    with pytest.raises(SourceError, match="index: 'utf-8'"):
        hst_svm.run(tmp_path / "bytes.h5")
    assert not (tmp_path / "exploded").exists()
    with h5py.File(tmp_path / "two.h5", "w") as file:
        file["a/x"], file["b/x"] = [1], [2]
    with pytest.raises(SourceError, match="one table is required, not a, b"):
        hst_svm.run(tmp_path / "two.h5")
    with h5py.File(tmp_path / "none.h5", "w") as file:
        file.create_group("a")
        file.create_group("_i_index").create_dataset("x", data=[1])
    with pytest.raises(SourceError, match="not none"):
        hst_svm.run(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("text")
    with pytest.raises(SourceError, match="cannot be read"):
        hst_svm.run(tmp_path / "text.h5")


def test_texts_that_lead_round_in_a_circle_are_refused_in_time(tmp_path, monkeypatch):
    pytest.importorskip("h5py")
    monkeypatch.setattr(hdf5_texts, "_SECONDS", 2.0)
    content = bytearray(HDF5.read_bytes())
    content[2601] = 8  # of the length of a text: the next one does not stand where the library looks
    (tmp_path / "circle.h5").write_bytes(content)
    with pytest.raises(SourceError, match=r"circle\.h5: cannot be read: the texts .* after 2 s: the file is damaged"):
        hst_svm.run(tmp_path / "circle.h5")


def test_long_texts_come_back_as_they_are(tmp_path):
    h5py = pytest.importorskip("h5py")
    texts = {"a": ["", "é" * 70_000, "a\nb"], "b": ["x", "", ""]}
    with h5py.File(tmp_path / "texts.h5", "w") as file:
        for name, column in texts.items():
            file[f"t/{name}"] = column
        file["t/n"] = [1, 2, 3]
    assert hdf5.read_table(tmp_path / "texts.h5").to_dict("list") == {**texts, "n": [1, 2, 3]}


def test_a_program_beside_the_file_is_not_run(tmp_path, monkeypatch):
    pytest.importorskip("h5py")
    (tmp_path / "h5py.py").write_text("raise SystemExit('run')")
    monkeypatch.chdir(tmp_path)
    assert len(hdf5.read_table(HDF5)) == 3


def test_hdf5_needs_its_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "h5py", None)
    (tmp_path / "a.h5").touch()
    with pytest.raises(SourceError, match=r"pip install 'skyscrub\[hdf5\]'"):
        hst_svm.run(tmp_path / "a.h5")
