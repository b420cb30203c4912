"""Runs on disk: the rows of a key come back, whichever run they are in."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from scrub.files import sorted_runs

rows = st.lists(st.sampled_from("abcde"), max_size=9)


@given(st.lists(rows, min_size=1, max_size=3), st.sets(st.sampled_from("abcdef")))
def test_the_rows_of_some_keys_come_back_in_the_order_of_runs_and_keys(parts, wanted):
    frames = [pd.DataFrame({"key": part, "n": range(len(part))}).astype({"key": "str", "n": "Int64"}) for part in parts]
    with TemporaryDirectory() as folder:
        runs = [sorted_runs.write_run(frame, frame["key"], Path(folder) / str(i)) for i, frame in enumerate(frames)]
        picked = sorted_runs.pick(runs, wanted)
        read = sorted_runs.read_slices(picked) if picked else frames[0].iloc[:0]
        numbers = [n for run in runs for batch in sorted_runs.read_column(run.path, "n") for n in batch]
    assert len(numbers) == sum(map(len, parts))
    own = [frame[frame["key"].isin(list(wanted))].sort_values("key", kind="stable") for frame in frames]
    assert_frame_equal(read, pd.concat(own, ignore_index=True))
    counts = pd.Series([key for part in parts for key in part]).value_counts()
    assert sorted_runs.list_keys(runs) == {key: counts[key] for key in sorted(counts.index)}


def test_only_batches_with_wanted_rows_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(sorted_runs, "BATCH", 2)
    frame = pd.DataFrame({"key": [*"aabbccdd"], "n": range(8)})
    run = sorted_runs.write_run(frame, frame["key"], tmp_path / "run")
    assert sorted_runs.read_slices(sorted_runs.pick([run], {"b", "d"}))["n"].tolist() == [2, 3, 6, 7]
    assert [len(part) for part in sorted_runs.read_rows(tmp_path / "run")] == [2, 2, 2, 2]
