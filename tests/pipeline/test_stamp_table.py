"""The table of ``docs/editions.md``: each fact of the rules that changes a fingerprint, and pairs that keep it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scrub import tables
from scrub.pipeline import stamp
from tests.data import TOP
from tests.rulesets import copy_shipped, edit, replace

PAGE = (TOP / "docs" / "editions.md").read_text()
Edit = Callable[[Path], None]


def in_table(name: str, old: str, new: str) -> Edit:
    return lambda own: edit(own, name, old, new)


def declared(old: str, new: str) -> Edit:
    return lambda own: replace(own.parent / "tables.toml", old, new)


def common(name: str, old: str, new: str) -> Edit:
    return lambda own: edit(own.parent / "common", name, old, new)


def reverse(name: str) -> Edit:
    def write(own: Path) -> None:
        head, *rows = (own / f"{name}.csv").read_text().splitlines()
        (own / f"{name}.csv").write_text("\n".join([head, *reversed(rows)]) + "\n")

    return write


def swap(name: str, first: str, second: str) -> Edit:
    """Swap the beginnings of two lines that follow each other."""

    def write(own: Path) -> None:
        lines = (own / f"{name}.csv").read_text().splitlines()
        at = next(i for i, line in enumerate(lines) if line.startswith(first))
        assert lines[at + 1].startswith(second)
        lines[at : at + 2] = lines[at + 1], lines[at]
        (own / f"{name}.csv").write_text("\n".join(lines) + "\n")

    return write


def swap_cells(name: str, one: str, other: str) -> Edit:
    def write(own: Path) -> None:
        path = own / f"{name}.csv"
        text = path.read_text()
        assert f"\n{one}," in text
        assert f"\n{other}," in text
        path.write_text(
            text.replace(f"\n{one},", "\n§,").replace(f"\n{other},", f"\n{one},").replace("\n§,", f"\n{other},")
        )

    return write


FACTS = {
    "the code of a word": ("jwst", in_table("encodings", "filter,F070W,3,", "filter,F070W,993,")),
    "the answer of a decision table": ("jwst", in_table("pixel_scales", "0.069", "0.07")),
    "the cases of a row": ("jwst", swap_cells("pixel_scales", "MIRI,MIR_MRS,none", "MIRI,MIR_MRS,!none")),
    "the order of patterns": ("jwst", swap("abbreviations", "detector,NRCA*|*", "detector,NRCB*|*")),
    "the order of a list that is declared as ordered": ("hst_svm", swap("lists", "image_suffix,", "image_suffix,")),
    "a spelling of missing": ("jwst", common("words", "missing,N/A,", "missing,N/B,")),
    "`turn`: when a table is asked": ("jwst", declared("turn = 5", "turn = 7")),
    "`leaves_out`: how a case ends": ("jwst", declared('leaves_out = { product = "false" }', "")),
    "`abstains`: what a case may lack": ("jwst_dms", declared('abstains = "lacking"', "")),
    "`applies_to`: of which cases a table is asked": (
        "jwst_dms", declared('applies_to = { exp_type = "NRC_WFSS|', 'applies_to = { exp_type = "NRS_BOTA|NRC_WFSS|'),
    ),
    "`else_row`: whether a row answers the rest": ("jwst", declared("turn = 6", "turn = 6\nelse_row = true")),
    "`flags`: what is asked as a flag": ("jwst", declared('flags = "identity"\n', "")),
}  # fmt: skip
SOURCE = "spacekit 1.1.4 preprocessor/transform.py"
HARMLESS = {
    "rows of a decision table in another order": reverse("pixel_scales"),
    "rows of a list in another order": reverse("encodings"),
    "words of a condition in another order": in_table("pixel_scales", "none|other", "other|none"),
    "a row that is split": in_table(
        "pixel_scales", "NIRCAM,*,none|other,", f"NIRCAM,*,none,,,,,,{SOURCE},\nNIRCAM,*,other,"
    ),
    "`!` in place of the other words": in_table("pixel_scales", "NIRCAM,*,none|other", "NIRCAM,*,!short|long"),
    "all words in place of `*`": in_table("pixel_scales", "NIRCAM,*,short", "NIRCAM,*,!none|long|other"),
    "words of a list in another order": swap("lists", "exp_type,FGS_DARK", "exp_type,FGS_FOCUS"),
    "another source": in_table("pixel_scales", SOURCE, "another source"),
    "another note": in_table("groups", "Guiders: no offsets", "Guiders have no offsets"),
    "another edition, later": in_table("editions", "\n3,", "\n9,2030-01,a page,\n3,"),
    "a row that is closed and followed by the same": in_table(
        "encodings", "filter,F070W,3,,,", f"filter,F070W,3,,3,{SOURCE},\nfilter,F070W,3,3,,"
    ),
    "`what` of tables.toml": declared("Every closed list: the only words", "The only words"),
    "`tools.order`": declared('tools.order = ["part"]\n', ""),
    "`tools.changes`": declared('tools.changes = "RENUMBER"', 'tools.changes = "REGROUP"'),
}
CONTRACTS = {"jwst_dms": "jwst"}
EDITION = {"another edition, later": "3"}


def read(own: Path, edition: str | None = None) -> str:
    return tables.read(own, edition=edition).fingerprint


@pytest.mark.slow
@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_that_is_another_changes_the_fingerprint(tmp_path, fact):
    name, change = FACTS[fact]
    own = copy_shipped(tmp_path) / name
    before = tables.read(own)
    change(own)
    after = tables.read(own)
    assert stamp.differences(stamp.of(before, CONTRACTS.get(name, name)), stamp.of(after, CONTRACTS.get(name, name)))
    assert before.fingerprint != after.fingerprint


@pytest.mark.slow
@pytest.mark.parametrize("pair", HARMLESS)
def test_what_changes_no_answer_keeps_the_fingerprint(tmp_path, pair):
    own = copy_shipped(tmp_path) / "jwst"
    before = read(own)
    HARMLESS[pair](own)
    assert read(own, EDITION.get(pair)) == before


def test_the_page_lists_every_fact_and_every_harmless_pair():
    assert len(HARMLESS) == 14
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    assert [f"| {fact} | another |" for fact in FACTS] == [row for row in rows if row.endswith("| another |")]
    assert [f"| {pair} | the same |" for pair in HARMLESS] == [row for row in rows if row.endswith("| the same |")]
