"""Sources of rules: what is cited, and what the nightly look at the packages would find."""

import pytest

from tests import sources

FACT = "class Asn_Lv3Image:\n    kinds = ['fgs_image']\n"


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Return a folder with one package, and rules that cite it."""
    (tmp_path / "packages" / "jwst-3.0.0" / "jwst" / "lib").mkdir(parents=True)
    (tmp_path / "packages" / "jwst-3.0.0" / "jwst" / "lib" / "rules.py").write_text(FACT)
    (tmp_path / "rules" / "mine").mkdir(parents=True)
    monkeypatch.setattr(sources, "TOP", tmp_path)
    sources.read.cache_clear()
    return tmp_path / "packages"


def write_rows(packages, *rows):
    table = packages.parent / "rules" / "mine" / "types.csv"
    table.write_text("\n".join(["exp_type,group,source,note", *rows, ""]))


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("FGS_IMAGE,image,jwst 3.0.0 lib/rules.py Asn_Lv3Image,", ""),
        ("FGS_IMAGE,image,jwst 3.0.0 lib/rules.py Asn_Lv3Other,", "no Asn_Lv3Other in lib/rules.py"),
        ("NRC_IMAGE,image,jwst 3.0.0 lib/rules.py,", "no NRC_IMAGE"),
        ("NRC_IMAGE,image,jwst 3.0.0 lib/rules.py; my page NRC_IMAGE,", ""),
        ("NRC_IMAGE,none,jwst 3.0.0 lib/rules.py,", ""),
        ("FGS_IMAGE,image,jwst 3.0.0 lib/gone.py,", "no file lib/gone.py in jwst-3.0.0, no FGS_IMAGE"),
        ("NRC_IMAGE,image,a page,", ""),
    ],
)
def test_a_source_must_hold_the_words_of_its_row(packages, row, fault):
    write_rows(packages, row)
    cell = row.split(",")[2]
    assert list(sources.find_faults(packages)) == ([f"rules/mine/types.csv:2: {cell!r}: {fault}"] if fault else [])


def test_most_rules_that_ship_cite_a_file_of_a_package():
    cited, others = sources.list_sources()
    assert len(cited) > 3 * others > 0
    assert {citation.package.partition("-")[0] for source in cited for citation in source.citations} >= {
        "jwst", "spacekit", "stdatamodels", "crds", "",
    }  # fmt: skip
