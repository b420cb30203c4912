"""A run in parts gives what a run in one piece gives: the same rows in the same order, rejects, ledger and hashes."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from scrub import jwst, samples
from scrub.files import digest, pieces
from scrub.files.shipped import find
from scrub.files.table_files import SourceError, read_table
from scrub.jwst import in_parts, kept_inputs, parts
from scrub.jwst.kept_inputs import IndivisibleError, Setup
from scrub.pipeline import chunks
from scrub.pipeline.each import map_here
from scrub.pipeline.save import flatten
from tests.strategies import DMS, RULES, crowds

programs = st.sampled_from(["1018", "01019", "1020", "1020.0", "", "1x", "N/A"])
forms = st.sampled_from(["e{:02d}", "jw{program}001001_02101_{:05d}_nis", "jw01018001001_02101_{:05d}_nis", ""])


@pytest.fixture(autouse=True, scope="module")
def short_rows():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "ROW", 200)
        yield


@st.composite
def archives(draw, rules) -> pd.DataFrame:
    """Exposures of several programs, in any order; some have no name, one that another has, or one of another program."""
    table = draw(crowds(rules=rules))
    count = len(table)
    own = draw(st.lists(programs, min_size=count, max_size=count))
    names = [
        draw(forms).format(draw(st.integers(0, count)), program=program.removesuffix(".0").zfill(5)) for program in own
    ]
    again = draw(st.lists(st.integers(0, count - 1), max_size=3))
    whole = table.assign(PROGRAM=own, exposure=names)
    return pd.concat([whole, whole.iloc[again]], ignore_index=True)


def assert_same(rules, source: Path, rows: int, **options) -> in_parts.Parts:
    """Assert that a run in parts and one in one piece give the same."""
    answer = jwst.run(source, rules=rules, **options)
    with TemporaryDirectory() as folder:
        setup = Setup(rules, Path(folder), rows=rows, files=rows, **options)
        run = in_parts.run_in_parts(setup, source)
        assert list(run.ledger.items()) == list(answer.ledger.items())
        frames = {**in_parts.list_frames(answer), "rejected": answer.rejected}
        assert list(run.tables) == list(frames)
        for name, frame in frames.items():
            own = pd.concat(map(chunks.read_chunk, run.tables[name]), ignore_index=True)
            assert_frame_equal(own, flatten(frame).reset_index(drop=True), obj=name)
            assert own.attrs == frame.attrs
            assert chunks.hash_chunks(run.tables[name]) == digest.of_frame(flatten(frame))
    return run


KINDS = [
    pytest.param(RULES, "csv", id="jwst-csv", marks=pytest.mark.slow),
    pytest.param(RULES, "parquet", id="jwst-parquet", marks=pytest.mark.slow),
    pytest.param(DMS, "parquet", id="jwst_dms-parquet", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("rules", "form"), KINDS)
@given(data=st.data(), rows=st.sampled_from([1, 3, 10]), torn=st.booleans())
def test_no_partition_and_no_order_changes_an_answer(rules, form, data, rows, torn):
    table = data.draw(archives(rules))
    with TemporaryDirectory() as folder:
        source = Path(folder) / f"t.{form}"
        if form == "csv":
            table.to_csv(source, index=False)
            source.write_text(source.read_text() + ("torn,line\n" if torn else ""))
        else:
            table.to_parquet(source, row_group_size=4)
        assert_same(rules, source, rows)


lists = st.lists(
    st.tuples(st.sampled_from(["o001", "c1000", "c1001"]), st.sampled_from(["MOSAIC", "GROUP", "DIRECT_IMAGE"])),
    max_size=3,
).map(lambda own: str(own) if own else "")


@pytest.mark.slow
@given(data=st.data(), rows=st.sampled_from([1, 3, 10]), letters=st.sampled_from(["oca", "ca", "c"]))
def test_candidates_are_of_one_program_and_parts_change_nothing(data, rows, letters):
    table = data.draw(archives(DMS))
    count = len(table)
    table = table.assign(ASN_CANDIDATE=data.draw(st.lists(lists, min_size=count, max_size=count)))
    with TemporaryDirectory() as folder:
        source = Path(folder) / "t.parquet"
        table.to_parquet(source, row_group_size=4)
        run = assert_same(DMS, source, rows, candidates=letters)
        assert run.ledger["candidates"] == letters


def test_files_of_a_folder_are_read_in_parts(tmp_path):
    samples.write_jwst(tmp_path)
    (tmp_path / "jw0_uncal.fits").write_text("SIMPLE")
    (tmp_path / "jw9_uncal.fits").symlink_to(tmp_path / "nothing")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "jw8_uncal.fits").write_text("passed over")
    run = assert_same(RULES, tmp_path, 7)
    assert run.ledger["files"] == {"found": 59, "read": 57, "unreadable": 2}
    assert run.ledger["not_looked_into"] == ["deeper"]


@pytest.mark.slow
@pytest.mark.parametrize("bad", [0, 1, 5, 70])
def test_the_hash_of_a_folder_is_that_of_a_run_in_one_piece(tmp_path, bad):
    for path in samples.write_jwst(tmp_path)[10:]:
        path.unlink()
    for number in range(bad):
        (tmp_path / f"jw{number:02d}_uncal.fits").write_text("SIMPLE")
    assert_same(RULES, tmp_path, 4)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_rows_without_a_name_are_numbered_through_all_pieces(tmp_path, form):
    table = read_table(samples.TABLE).good
    table.loc[[3, 20, 40], "exposure"] = ""
    table.loc[[5, 30], "exposure"] = ["one", "two"]  # names that do not tell their program
    source = tmp_path / f"t.{form}"
    table.to_csv(source, index=False) if form == "csv" else table.to_parquet(source, row_group_size=5)
    assert_same(RULES, source, 4)
    assert set(jwst.run(source, rules=RULES).rejected["what"]) == {"row 4", "row 21", "row 41"}


def test_each_part_has_whole_programs(tmp_path):
    sample = read_table(samples.TABLE).good
    table = pd.concat(
        [sample.assign(PROGRAM=p, exposure=f"jw{p}" + sample["exposure"].str[7:]) for p in ("00003", "00001", "00002")]
    )
    table.sample(frac=1, random_state=1).to_csv(tmp_path / "t.csv", index=False)
    run = assert_same(RULES, tmp_path / "t.csv", 60)
    assert [chunk.rows for chunk in run.tables["exposures"]] == [114, 57]


def test_parts_of_different_versions_are_no_run(tmp_path):
    def other_version(function, shared, things, /, *, desc):
        for answer in map_here(function, shared, things, desc=desc):
            if desc == "parts":
                answer.ledger["fingerprint"]["code"] = "other"
            yield answer

    with pytest.raises(SourceError, match="rules, contracts or version changed while the run went on: run it again"):
        in_parts.run_in_parts(Setup(RULES, tmp_path), samples.TABLE, each=other_version)


def test_a_small_input_is_divided_where_many_parts_are_wanted(tmp_path):
    sample = read_table(samples.TABLE).good
    table = pd.concat(
        [sample.assign(PROGRAM=p, exposure=f"jw{p}" + sample["exposure"].str[7:]) for p in ("00001", "00002")]
    )
    table.to_csv(tmp_path / "t.csv", index=False)
    for least, sizes in ((1, [114]), (2, [57, 57]), (1000, [57, 57])):
        (tmp_path / f"{least}").mkdir()
        run = in_parts.run_in_parts(Setup(RULES, tmp_path / f"{least}", least=least), tmp_path / "t.csv")
        assert [chunk.rows for chunk in run.tables["exposures"]] == sizes


def test_a_policy_for_unknown_words_holds_in_parts(tmp_path):
    table = read_table(samples.TABLE).good
    table.assign(FILTER=table["FILTER"].replace("F200W", "F999W")).to_csv(tmp_path / "t.csv", index=False)
    for policy in ("error", "use_encoded_value"):
        run = assert_same(RULES, tmp_path / "t.csv", 5, handle_unknown=policy)
        assert run.ledger["new_words"]


def test_rows_of_one_name_are_in_one_part():
    assert parts.divide({"1": 1, "2": 1, "3": 1}, [("3", "1")], rows=1) == [("1", "3"), ("2",)]
    assert parts.divide({"1": 1, "2": 1, "3": 1}, [("3", "2"), ("2", "1")], rows=1) == [("1", "2", "3")]


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 5)).map(lambda d: dict(sorted(d.items()))),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=6),
    st.integers(1, 9),
)
@example({"a": 1, "b": 1, "c": 1}, [(0, 2), (1, 2)], 1)
def test_each_program_is_in_one_part_and_parts_are_large_enough(counts, links, rows):
    names = list(counts)
    shared = [(names[i], names[j]) for i, j in links if i < len(names) and j < len(names)]
    divided = parts.divide(counts, shared, rows=rows)
    assert sorted(program for part in divided for program in part) == names
    of = {program: i for i, part in enumerate(divided) for program in part}
    assert all(of[one] == of[other] for one, other in shared)
    sizes = [sum(counts[program] for program in part) for part in divided]
    assert all(size >= rows for size in sizes[:-1])


def test_what_cannot_be_divided_is_left_to_a_run_in_one_piece(tmp_path):
    (tmp_path / "uris.csv").write_text("uri\ns3://stpubdata/a_uncal.fits\n")
    with pytest.raises(IndivisibleError, match=r"uris\.csv: a table that can be read in one piece only"):
        in_parts.run_in_parts(Setup(RULES, tmp_path), tmp_path / "uris.csv")
    shipped = (find("rules") / "jwst" / "product_names.csv").read_text()
    (tmp_path / "mine" / "jwst").mkdir(parents=True)
    heads = shipped.replace("program observation target instrument", "instrument program target")
    (tmp_path / "mine" / "jwst" / "product_names.csv").write_text(heads)
    other = jwst.read_rules(tmp_path / "mine")
    assert not parts.is_by_program(other)
    with pytest.raises(IndivisibleError, match="a product may depend on another program"):
        in_parts.run_in_parts(Setup(other, tmp_path), samples.TABLE)


def test_a_folder_of_links_to_nothing_is_left_to_a_run_in_one_piece(tmp_path):
    (tmp_path / "jw9_uncal.fits").symlink_to(tmp_path / "nothing")
    with pytest.raises(IndivisibleError, match="none of its files can be opened"):
        in_parts.run_in_parts(Setup(RULES, tmp_path), tmp_path)
    assert jwst.run(tmp_path).ledger["files"]["unreadable"] == 1


def test_without_pyarrow_there_are_no_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(in_parts, "find_spec", lambda name: None)
    with pytest.raises(IndivisibleError, match=r"a run in parts needs the extra: pip install 'skyscrub\[parquet\]'"):
        in_parts.run_in_parts(Setup(RULES, tmp_path), samples.TABLE)


def test_a_table_without_rows_is_refused(tmp_path):
    (tmp_path / "t.csv").write_text("exposure,PROGRAM,OBSERVTN,INSTRUME,EXP_TYPE\n")
    with pytest.raises(IndivisibleError):
        in_parts.run_in_parts(Setup(RULES, tmp_path), tmp_path / "t.csv")
    with pytest.raises(SourceError, match="a table without rows"):
        jwst.run(tmp_path / "t.csv")


def test_only_large_tables_are_read_in_parts(tmp_path, monkeypatch):
    own = tmp_path / "d"
    own.mkdir()
    read_table(samples.TABLE).good.to_parquet(own / "t.parquet")
    (tmp_path / "t.csv").write_bytes(samples.TABLE.read_bytes())
    assert not any(map(in_parts.is_large, [tmp_path, own, tmp_path / "t.csv", own / "t.parquet"]))
    monkeypatch.setattr(in_parts, "LARGE", 57)
    monkeypatch.setattr(in_parts, "LARGE_CSV", 1000)
    assert all(map(in_parts.is_large, [own, tmp_path / "t.csv", own / "t.parquet"]))
    assert not in_parts.is_large(tmp_path)


@pytest.mark.parametrize(("limit", "large"), [(56, True), (57, True), (58, False)])
def test_a_table_is_large_from_so_many_rows_or_bytes_on(tmp_path, monkeypatch, limit, large):
    (tmp_path / "own").mkdir()
    paths = [tmp_path / name for name in ("t.parquet", "own/t.parquet", "t.csv", "t.csv.gz")]
    for path in paths[:2]:
        read_table(samples.TABLE).good.to_parquet(path)
    for path in paths[2:]:
        path.write_bytes(b"x" * 57)
    assert not any(map(in_parts.is_large, [*paths, tmp_path / "own"]))
    for name in ("LARGE", "LARGE_CSV", "LARGE_GZ"):
        monkeypatch.setattr(in_parts, name, limit)
    assert [in_parts.is_large(path) for path in [*paths, tmp_path / "own"]] == [large] * 5


def test_packed_tables_are_large_sooner():
    assert 250 * in_parts.LARGE < in_parts.LARGE_CSV < 1000 * in_parts.LARGE  # a row has some hundred bytes
    assert in_parts.LARGE_CSV // 20 < in_parts.LARGE_GZ < in_parts.LARGE_CSV


def keep_table(folder: Path, names: list[str], *, rows: int) -> kept_inputs.Kept:
    """Keep a table of the exposures of these names, read so many rows at a time."""
    sample = read_table(samples.TABLE).good.head(len(names))
    sample.assign(exposure=names, PROGRAM="01018").to_csv(folder / "t.csv", index=False)
    setup = Setup(RULES, folder)
    listed = kept_inputs.list_pieces(setup, folder / "t.csv", prefix="", suffix="")
    return kept_inputs.keep(setup._replace(rows=rows), (0, listed.pieces[0]))


NAMED = [f"jw01018001001_02101_0000{i}_nis" for i in range(1, 6)]


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 9])
def test_a_piece_that_is_read_in_batches_counts_all_its_rows(tmp_path, rows):
    kept = keep_table(tmp_path, [*NAMED[:3], "", NAMED[4]], rows=rows)
    assert (kept.rows, kept.unnamed, kept.by_name) == (5, [4], True)
    assert sum(run.rows for run in kept.runs) == 4


@pytest.mark.parametrize("odd", [0, 2, 4])
def test_names_without_their_program_in_any_batch_are_seen(tmp_path, odd):
    names = [f"e{i}" if i == odd else name for i, name in enumerate(NAMED)]
    assert not keep_table(tmp_path, names, rows=2).by_name


@pytest.mark.parametrize(("files", "least", "sizes"), [(3, 1, [3, 2]), (10, 1, [5]), (10, 2, [3, 2]), (2, 9, [1] * 5)])
def test_files_are_as_many_pieces_as_can_be_read_at_once(tmp_path, files, least, sizes):
    names = [f"jw{number:011d}_02101_00001_nis_uncal.fits" for number in range(5)]
    for name in names:
        (tmp_path / name).touch()
    setup = Setup(RULES, tmp_path, files=files, least=least)
    listed = kept_inputs.list_pieces(setup, tmp_path, prefix="", suffix="_uncal.fits").pieces
    assert [len(piece.files) for piece in listed] == sizes
    assert [name for piece in listed for name in piece.files] == names
