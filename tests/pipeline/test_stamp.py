"""Stamps: every file says by which rules and contracts it was made, and others are refused with what differs."""

import json
import shutil
import sys

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import hst_cal, hst_svm, jwst, samples, tables
from scrub.cli import main
from scrub.contracts import contracts
from scrub.files import atomic, digest, formulas
from scrub.files.shipped import find
from scrub.files.table_files import SourceError
from scrub.pipeline import save, stamp
from scrub.pipeline.stamp import StampError
from tests.rulesets import copy_shipped, replace

TABLES = [
    "exposures", "members", "products", "features-image", "features-spec", "features-tac", "features-fgs", "rejected",
]  # fmt: skip
FORMS = ["csv", "parquet"]
FRAME = pd.DataFrame({"product_id": ["a", "b"], "filter": [1, 2]})
BASES = {"jwst": jwst, "hst_svm": hst_svm, "hst_cal": hst_cal}


@pytest.fixture(scope="module")
def made(rules):
    return stamp.of(rules, "jwst")


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """What the command writes for the sample, in both forms. Nobody may change it."""
    folder = tmp_path_factory.mktemp("out")
    for form in FORMS:
        assert main.main(["jwst", str(samples.TABLE), "--out", str(folder / form), "--format", form]) == 0
    return folder


@pytest.fixture
def own(tmp_path):
    """A rule set of one's own: a copy of the shipped one."""
    return shutil.copytree(find("rules") / "jwst", tmp_path / "own" / "jwst")


@pytest.fixture
def schemas(tmp_path, monkeypatch):
    """Contracts of one's own: a copy of the shipped ones."""
    folder = shutil.copytree(find("schemas"), tmp_path / "schemas")
    monkeypatch.setattr(contracts, "find", lambda name: folder)
    contracts._read.cache_clear()
    yield folder / "jwst"
    contracts._read.cache_clear()


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", TABLES)
def test_every_table_a_command_writes_is_stamped(out, made, form, name):
    assert stamp.read(out / form / f"{name}.{form}") == made


def test_a_ledger_and_its_folder_have_the_stamp(out, made):
    assert stamp.read(out / "csv") == stamp.read(str(out / "csv" / "ledger.json")) == made
    told = json.loads((out / "csv" / "ledger.json").read_text())["fingerprint"]
    assert told["all"] == made.fingerprint
    assert told["rules"] == jwst.read_rules().fingerprint
    assert told["contracts"] == contracts.fingerprint("jwst")
    assert stamp.from_ledger({"rules": "jwst", "edition": "3", "fingerprint": told}) == made


def test_the_other_commands_stamp_too(tmp_path):
    samples.write_all(tmp_path)
    classes = ["--classes", str(tmp_path / "hst-svm" / "classes.csv")]
    for command, base, more in (("hst-svm", "hst_svm", classes), ("hst-cal", "hst_cal", [])):
        folder = tmp_path / base
        assert main.main([command, str(tmp_path / command), *more, "--out", str(folder)]) == 0
        wanted = stamp.of(BASES[base].read_rules(), base)
        for name in ("raw_features", "features", "rejected"):
            assert stamp.read(folder / f"{name}.csv") == wanted
        assert main.main(["validate", f"{base}/features", str(folder / "features.csv"), "--same-rules"]) == 0


@pytest.mark.parametrize("form", FORMS)
def test_a_stamp_changes_no_cell_and_no_pandas_metadata(tmp_path, made, form):
    reader = {"csv": pd.read_csv, "parquet": pd.read_parquet}[form]
    frame = FRAME.set_index("product_id")
    save.table(frame, tmp_path / f"plain.{form}")
    save.table(frame, tmp_path / f"stamped.{form}", made)
    pd.testing.assert_frame_equal(reader(tmp_path / f"stamped.{form}"), reader(tmp_path / f"plain.{form}"))
    pd.testing.assert_frame_equal(reader(tmp_path / f"stamped.{form}"), FRAME)
    if form == "parquet":
        from pyarrow import parquet

        assert set(parquet.read_schema(tmp_path / "stamped.parquet").metadata) == {b"pandas", b"skyscrub"}
    assert stamp.read(save.table(FRAME, tmp_path / f"stamped.{form}", made)) == made
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


def test_a_sidecar_is_csv_on_the_web(out, made):
    told = json.loads((out / "csv" / "products.csv-metadata.json").read_text())
    assert told["@context"] == "http://www.w3.org/ns/csvw"
    assert told["url"] == "products.csv"
    assert told["skyscrub"]["sha256"] == digest.of_file(out / "csv" / "products.csv")
    assert told["skyscrub"]["fingerprint"] == made.fingerprint


def test_the_same_run_gives_the_same_sidecars(out, tmp_path):
    main.main(["jwst", str(samples.TABLE), "--out", str(tmp_path)])
    for path in (out / "csv").glob("*.json"):
        assert path.read_bytes() == (tmp_path / path.name).read_bytes(), path.name


def test_the_name_of_a_rule_set_is_told_but_does_not_count(own, made):
    copied = stamp.of(tables.read(own), "jwst")
    assert copied.rules == str(own)
    assert copied.fingerprint == made.fingerprint
    assert stamp.differences(copied, made) == []
    stamp.demand(tables.read(own), "jwst", made)


def test_a_later_edition_changes_no_stamp_of_an_earlier_one(own, made):
    replace(own / "editions.csv", "\n3,", "\n4,2027-01,a page,\n3,")
    replace(own / "encodings.csv", "filter,CLEAR,1,", "filter,F999X,99,4,,a page,\nfilter,CLEAR,1,")
    assert stamp.differences(made, stamp.of(tables.read(own, edition=3), "jwst")) == []
    assert stamp.differences(made, stamp.of(tables.read(own), "jwst")) == [
        "edition 3, here 4", "table encodings.csv differs",
    ]  # fmt: skip


def test_source_note_and_row_order_do_not_count_but_the_order_of_patterns_does(own, made):
    path = own / "encodings.csv"
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *reversed(rows)]) + "\n")
    replace(own / "groups.csv", "Guiders: no offsets", "Guiders have no offsets")
    assert stamp.differences(made, stamp.of(tables.read(own), "jwst")) == []
    swap = own / "abbreviations.csv"
    lines = swap.read_text().splitlines()
    assert [line.split(",")[1] for line in lines[2:4]] == ["NRCA*|*", "NRCB*|*"]
    swap.write_text("\n".join([*lines[:2], lines[3], lines[2], *lines[4:]]) + "\n")
    assert stamp.differences(made, stamp.of(tables.read(own), "jwst")) == ["table abbreviations.csv differs"]


def test_an_overlay_differs_in_the_tables_that_it_has(tmp_path, made):
    folder = tmp_path / "jwst"
    folder.mkdir()
    head, *_ = (find("rules") / "jwst" / "encodings.csv").read_text().splitlines()
    (folder / "encodings.csv").write_text(f"{head}\nfilter,F999X,99,,,a page,\n")
    assert stamp.differences(made, stamp.of(tables.read(folder), "jwst")) == ["table encodings.csv differs"]


def test_own_declarations_count(tmp_path, made):
    own = copy_shipped(tmp_path) / "jwst"
    assert stamp.differences(made, stamp.of(tables.read(own), "jwst")) == []
    replace(own.parent / "tables.toml", 'leaves_out = { product = "false" }', "")
    assert stamp.differences(made, stamp.of(tables.read(own), "jwst")) == ["table product_names.csv differs"]


def test_an_edited_table_is_named(own, made):
    replace(own / "pixel_scales.csv", "0.069", "0.07")
    replace(own / "encodings.csv", "filter,CLEAR,1,", "filter,F999X,99,,,a page,\nfilter,CLEAR,1,")
    rules = tables.read(own)
    with pytest.raises(
        StampError, match="refused: table encodings.csv differs; table pixel_scales.csv differs"
    ) as told:
        stamp.demand(rules, "jwst", made)
    assert told.value.differences == ["table encodings.csv differs", "table pixel_scales.csv differs"]
    assert "made by rules jwst" in str(told.value)


def test_another_edition_is_named_first(made):
    told = stamp.differences(made, stamp.of(jwst.read_rules(edition=2), "jwst"))
    assert told[0] == "edition 3, here 2"
    assert "table targets.csv differs" in told
    assert not any("contract" in line for line in told)


def test_a_table_that_only_one_has_is_named(made):
    fewer = made._replace(tables={k: v for k, v in made.tables.items() if k != "targets"})
    assert stamp.differences(made, fewer) == ["table targets.csv is not here"]
    assert stamp.differences(fewer, made) == ["table targets.csv is only here"]


def test_a_contract_that_allows_something_else_is_named(schemas, made, rules):
    replace(schemas / "features.yaml", "description: Code of INSTRUME", "description: What INSTRUME is")
    (schemas / "headers.yaml").write_text("# a comment\n" + (schemas / "headers.yaml").read_text())
    stamp.demand(rules, "jwst", made)
    replace(schemas / "features.yaml", "greater_than_or_equal_to: 0", "greater_than_or_equal_to: 1")
    (schemas / "more.yaml").write_text("columns: {}\n")
    with pytest.raises(StampError) as told:
        stamp.demand(rules, "jwst", made)
    assert told.value.differences == ["contract features.yaml differs", "contract more.yaml is only here"]
    stamp.demand(rules, None, made)


def test_contracts_that_are_not_there_or_cannot_be_read_are_refused(schemas, rules):
    with pytest.raises(contracts.ContractError, match="no contracts in schemas/jwts"):
        stamp.of(rules, "jwts")
    for text, message in (
        ("a: [", "broken.yaml"),
        ("[]", "stands where keys are required"),
        ("columns: {a: }", "broken.yaml: a: None stands where keys are required"),
    ):
        (schemas / "broken.yaml").write_text(text)
        with pytest.raises(contracts.ContractError, match=message):
            stamp.of(rules, "jwst")


HASHES = st.dictionaries(st.sampled_from("abc"), st.sampled_from("01"), max_size=3)


@given(st.tuples(st.sampled_from("12"), HASHES, HASHES), st.tuples(st.sampled_from("12"), HASHES, HASHES))
def test_fingerprints_are_equal_exactly_where_nothing_differs(one, other):
    a, b = stamp._seal("a", *one, "1"), stamp._seal("b", *other, "1")
    assert (a.fingerprint == b.fingerprint) == (stamp.differences(a, b) == []) == (one == other)
    assert len(stamp.differences(a, b)) == len(stamp.differences(b, a))


def refused(path, match):
    with pytest.raises(StampError, match=match) as told:
        stamp.read(path)
    assert str(told.value).startswith(str(path))
    return told.value.differences


@pytest.mark.parametrize("form", FORMS)
def test_a_table_without_a_stamp_is_refused(tmp_path, form, rules):
    path = save.table(FRAME, tmp_path / f"t.{form}")
    assert refused(path, "refused: no stamp")
    with pytest.raises(StampError, match="no stamp"):
        stamp.demand(rules, "jwst", path)


def test_a_table_without_pandas_metadata_is_refused_too(tmp_path):
    import pyarrow
    from pyarrow import parquet

    parquet.write_table(pyarrow.table({"a": [1]}), tmp_path / "t.parquet")
    refused(tmp_path / "t.parquet", "no stamp")


def test_a_sidecar_of_another_file_is_refused(out, tmp_path):
    for name in ("products.csv", "products.csv-metadata.json"):
        shutil.copy(out / "csv" / name, tmp_path)
    stamp.read(tmp_path / "products.csv")
    shutil.copy(out / "csv" / "members.csv", tmp_path / "products.csv")
    assert refused(tmp_path / "products.csv", "is of another file") == [
        "the stamp in products.csv-metadata.json is of another file: the bytes differ"
    ]


def test_a_run_that_stops_between_sidecar_and_table_leaves_nothing_to_believe(tmp_path, made, monkeypatch):
    path = tmp_path / "t.csv"
    save.table(FRAME, path, made._replace(rules="old"))
    before = path.read_bytes()
    real = atomic.Path.replace

    def stop(self, target):
        if target == path:
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(atomic.Path, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        save.table(FRAME.iloc[:1], path, made)
    assert path.read_bytes() == before
    refused(path, "is of another file")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.csv", "t.csv-metadata.json"]


def test_a_table_that_fails_leaves_the_pair_before_it(tmp_path, made, monkeypatch):
    path = save.table(FRAME, tmp_path / "t.csv", made)
    monkeypatch.setattr(save, "csv", lambda frame, path, raw_cells: path.write_text("half") and 1 / 0)
    with pytest.raises(ZeroDivisionError):
        save.table(FRAME.iloc[:1], path, made._replace(rules="new"))
    assert stamp.read(path) == made


def changed(**parts):
    """A sidecar that fits, but for some parts of its stamp; a part that is None is not there."""

    def change(document):
        told = {**document["skyscrub"], **parts}
        return {**document, "skyscrub": {key: value for key, value in told.items() if value is not None}}

    return change


GARBAGE = {
    "not JSON": ("{", "not JSON"),
    "not UTF-8": (b"\xff\xfe\x00", "not JSON"),
    "too deep": ("[" * 200_000, "not JSON"),
    "empty": ("", "not JSON"),
    "a list": ("[]", "refused: no stamp$"),
    "no stamp": ('{"url": "t.csv"}', "refused: no stamp$"),
    "null": ('{"skyscrub": null}', "refused: no stamp$"),
    "a text": ('{"skyscrub": "jwst"}', "lacks a valid rules"),
    "no edition": (changed(edition=None), "lacks a valid edition"),
    "no tables": (changed(tables=None), "lacks a valid tables"),
    "no fingerprint": (changed(fingerprint=None), "lacks a valid fingerprint"),
    "an edition that is a number": (changed(edition=3), "lacks a valid edition"),
    "contracts that are a list": (changed(contracts=["features.yaml"]), "lacks a valid contracts"),
    "a hash that is a number": (changed(tables={"targets": 1}), "lacks a valid tables"),
    "an edition that was edited": (changed(edition="2"), "fingerprint is not that of its parts"),
    "a table that was edited": (changed(tables={"targets": "f00d"}), "fingerprint is not that of its parts"),
    "no hash of the bytes": (changed(sha256=None), "is of another file: the bytes differ"),
}


@pytest.mark.parametrize(("garbage", "message"), GARBAGE.values(), ids=GARBAGE)
def test_garbage_beside_a_table_is_refused(tmp_path, made, garbage, message):
    path = save.table(FRAME, tmp_path / "t.csv", made)
    beside = formulas.sidecar(path)
    told = json.dumps(garbage(json.loads(beside.read_text()))) if callable(garbage) else garbage
    beside.write_bytes(told if isinstance(told, bytes) else told.encode())
    refused(path, message)


def test_garbage_in_the_metadata_of_parquet_is_refused(tmp_path):
    import pyarrow
    from pyarrow import parquet

    for text, message in ((b"{", "not JSON"), (b'{"rules": "jwst"}', "lacks a valid edition")):
        table = pyarrow.table({"a": [1]}).replace_schema_metadata({b"skyscrub": text})
        parquet.write_table(table, tmp_path / "t.parquet")
        refused(tmp_path / "t.parquet", message)


def test_a_ledger_that_may_not_be_read_is_told(out, monkeypatch):
    def forbidden(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(stamp.Path, "read_bytes", forbidden)
    with pytest.raises(SourceError, match=r"ledger.json: cannot be read: Permission denied"):
        stamp.read(out / "csv")


@pytest.mark.slow
@pytest.mark.parametrize("part", ["edition", "rules", "fingerprint"])
def test_a_ledger_without_its_parts_is_refused(out, tmp_path, part):
    told = json.loads((out / "csv" / "ledger.json").read_text())
    del told[part]
    (tmp_path / "ledger.json").write_text(json.dumps(told))
    with pytest.raises(StampError, match=r"no stamp|lacks a valid"):
        stamp.read(tmp_path)
    for content in ("[]", "{}", '{"fingerprint": 1}', '{"fingerprint": {}}'):
        (tmp_path / "ledger.json").write_text(content)
        refused(tmp_path / "ledger.json", "stamp")


def test_what_has_no_place_for_a_stamp_cannot_be_read(tmp_path):
    (tmp_path / "t.txt").touch()
    with pytest.raises(SourceError, match="cannot have a stamp"):
        stamp.read(tmp_path / "t.txt")
    with pytest.raises(SourceError, match=r"ledger.json: no such file"):
        stamp.read(tmp_path)
    (tmp_path / "t.parquet").write_bytes(b"PAR0")
    with pytest.raises(SourceError, match="cannot be read"):
        stamp.read(tmp_path / "t.parquet")
    save.table(FRAME, tmp_path / "t.csv")
    formulas.sidecar(tmp_path / "t.csv").mkdir()
    refused(tmp_path / "t.csv", "no stamp")


def test_parquet_without_its_extra_names_it(tmp_path, made, monkeypatch):
    path = save.table(FRAME, tmp_path / "t.parquet", made)
    before = path.read_bytes()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(SourceError, match=r"pip install 'skyscrub\[parquet\]'"):
        stamp.read(path)
    with pytest.raises(OSError, match=r"pip install 'skyscrub\[parquet\]'"):
        save.table(FRAME, path, made)
    assert path.read_bytes() == before


def test_decode_refuses_features_of_other_rules(own, made, rules):
    features = pd.DataFrame({"filter": [1]})
    assert jwst.decode(rules, features, stamp=made)["filter"].tolist() == ["CLEAR"]
    assert jwst.decode(rules, features)["filter"].tolist() == ["CLEAR"]
    with pytest.raises(StampError, match="edition 3, here 2"):
        jwst.decode(jwst.read_rules(edition=2), features, stamp=made)
    replace(own / "encodings.csv", "filter,CLEAR,1,", "filter,CLEAR,98,")
    with pytest.raises(StampError, match=r": refused: table encodings.csv differs$"):
        jwst.decode(tables.read(own), features, stamp=made)


def test_decode_does_not_ask_for_contracts(schemas, made, rules):
    replace(schemas / "features.yaml", "greater_than_or_equal_to: 0", "greater_than_or_equal_to: 1")
    assert jwst.decode(rules, pd.DataFrame({"filter": [1]}), stamp=made)["filter"].tolist() == ["CLEAR"]


def validate(path, *options):
    return main.main(["validate", "jwst/products", str(path), "--quiet", *options])


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_validate_asks_for_the_same_rules(out, own, form, capsys):
    path = out / form / f"products.{form}"
    assert validate(path, "--same-rules") == 0
    assert validate(path, "--same-rules", "--rules", str(own)) == 0
    assert capsys.readouterr().out == ""
    replace(own / "pixel_scales.csv", "0.069", "0.07")
    assert validate(path, "--rules", str(own)) == 0
    assert validate(path, "--same-rules", "--rules", str(own)) == 1
    assert capsys.readouterr().out.splitlines()[0] == f"{path}: error: table pixel_scales.csv differs"
    assert validate(path, "--same-rules", "--edition", "2") == 1
    title, first, *rest = capsys.readouterr().out.splitlines()
    assert title.startswith(f"{path}: error: stamp: ")
    assert first == f"  {path}: edition 3, here 2"
    assert f"  {path}: table targets.csv differs" in rest


def test_validate_asks_for_the_same_contracts(out, schemas, capsys):
    path = out / "csv" / "products.csv"
    replace(schemas / "features.yaml", "greater_than_or_equal_to: 0", "greater_than_or_equal_to: 1")
    assert validate(path) == 0
    assert validate(path, "--same-rules") == 1
    assert capsys.readouterr().out.splitlines()[0] == f"{path}: error: contract features.yaml differs"


def test_validate_tells_differences_and_findings_together(out, tmp_path, capsys):
    path = tmp_path / "products.csv"
    frame = pd.read_csv(out / "csv" / "products.csv", dtype="str", keep_default_na=False)
    frame.rename(columns={"INSTRUME": "INSTRUMENT"}).to_csv(path, index=False)
    assert validate(path, "--same-rules") == 1
    assert capsys.readouterr().out.splitlines()[0] == f"{path}: error: no stamp: there is no products.csv-metadata.json"
    assert validate(path, "--same-rules", "--json") == 1
    first, *rest = json.loads(capsys.readouterr().out)["files"][0]["findings"]
    assert (first["check"], first["reason"]) == ("stamp", "no stamp: there is no products.csv-metadata.json")
    assert {finding["reason"] for finding in rest} == {"no such column", "unknown column"}
    assert validate(path, "--json") == 1
    assert json.loads(capsys.readouterr().out)["files"][0]["findings"] == rest


def test_no_stamp_is_refused_as_such():
    rules = jwst.read_rules()
    with pytest.raises(StampError, match="^no file or frame: refused: no stamp$"):
        stamp.demand(rules, "jwst", None)
    with pytest.raises(TypeError, match="features: a frame is required, not a Series"):
        jwst.decode(rules, pd.Series([1], name="filter"))
