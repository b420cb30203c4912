"""The goldens that ship are a cut of the full ones: products are whole, and no number is changed."""

import csv
import json

from tests.data import GOLDENS, SHARED
from tests.goldens import cut


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}


def test_the_cut_is_that_of_the_full_goldens(shared, tmp_path):
    cut.main(SHARED / "spacekit_golden", tmp_path)
    shipped = {name: content for name, content in files(GOLDENS).items() if name.startswith(("jwst300", "hst"))}
    assert files(tmp_path) == shipped


def test_every_product_has_all_its_exposures():
    with (GOLDENS / "jwst300" / "input.csv").open(newline="") as stream:
        exposures = {row["index"] for row in csv.DictReader(stream)}
    for version in cut.VERSIONS:
        groups = json.loads((GOLDENS / "jwst300" / f"{version}.groups.json").read_text())
        assert set(groups) == {"IMAGE", "SPEC", "TAC", "FGS"}
        members = [exposure for products in groups.values() for own in products.values() for exposure in own]
        assert len(members) > 100
        assert set(members) < exposures, "and some make no product"


def test_a_product_that_another_version_makes_larger_is_kept_whole():
    groups = {"a": {"SPEC": {"p": ["1"], "q": ["2"]}}, "b": {"IMAGE": {"r": ["1", "3"], "s": ["4"]}}}
    groups["b"]["IMAGE"] |= {"t": ["3", "5"]}
    assert cut.chosen(groups) == {"1", "2", "3", "5"}
