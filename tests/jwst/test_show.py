"""How a name is formed: what ``rules show`` lists, held against what really decides."""

import re

import pytest

from scrub import jwst
from scrub.cli.main import main
from scrub.jwst.groups import decide, find_cases
from scrub.jwst.show import _WIDTH as WIDTH
from scrub.jwst.show import _cut as cut
from scrub.jwst.show import _merge as merge
from scrub.jwst.show import show
from scrub.tables import RuleError
from scrub.tables.narrow import narrow, read_given


@pytest.fixture(scope="module", params=["jwst", "jwst_dms"])
def official(request):
    return jwst.read_rules(request.param)


def test_every_row_that_decides_on_the_sample_is_listed(official, sample):
    exposures = jwst.exposures(official, jwst.from_table(official, sample).good)
    cases, codes = find_cases(official, exposures)
    _, fired = decide(official, cases)
    for exp_type, numbers in exposures.assign(code=codes).groupby("EXP_TYPE")["code"]:
        listed = {c.rule for step in narrow(official, {"exp_type": exp_type}) for c in step.choices}
        for number in numbers:
            assert set(fired.iloc[number].dropna()) <= listed, exp_type


def test_what_is_given_narrows_further(official):
    some, fewer = ({c.rule for step in narrow(official, given) for c in step.choices} for given in (
        {"exp_type": "MIR_MRS"}, {"exp_type": "MIR_MRS", "visitype": "PRIME_TARGETED_FIXED", "tsovisit": "false"}
    ))  # fmt: skip
    assert fewer < some


@pytest.mark.parametrize(
    ("rules", "word", "name"),
    [
        ("jwst", "MIR_MRS", "{FILTER}-{FXD_SLIT}-{SUBARRAY, not FULL}-ch{CHANNEL, first 1}-{BAND}"),
        ("jwst", "NRC_WFSS", "{FILTER}-{PUPIL}-{FXD_SLIT}-{SUBARRAY, not FULL}"),
        ("jwst_dms", "MIR_MRS", "jw{PROGRAM}-o{OBSERVTN}_{target}_{INSTRUME}"),
        ("jwst_dms", "NRS_FIXEDSLIT", "{optical elements in alphabetical order}-{slit_name}-{SUBARRAY, not FULL}"),
    ],
)
def test_the_name_is_a_template(rules, word, name, capsys):
    assert main(["rules", "show", word, "--rules", rules]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.endswith(name) for line in lines), lines
    assert len(lines) < 60  # one screen


AMI = """NIS_AMI FILTER=F480M PUPIL=NRM: rules jwst, edition 2

visit_types: What a visit type means for naming and for targets
  visit_types.csv  visitype=GENERIC|PARALLEL_DARK_CALIBRATION|PARALLEL_EXTERNAL_CALIBRATION|PARALLEL_SLEW_CALIBRATION|PRIME_STAT… -> wfsc=false, visit=other
  visit_types.csv  visitype=PARALLEL_PURE -> wfsc=false, visit=parallel
  visit_types.csv  visitype=PRIME_TARGETED_FIXED -> wfsc=false, visit=fixed
  visit_types.csv  visitype=PRIME_WFSC_ROUTINE|PRIME_WFSC_SENSING_CONTROL|PRIME_WFSC_SENSING_ONLY -> wfsc=true, visit=other

exposure_types: Which group of Level-3 products an exposure type belongs to, how it is named, and what keeps its products apart
  exposure_types.csv  always -> group=tac, naming=spectrum, element_order=pupil_first, target=own

elements: The optical elements in a product name, in order
  elements.csv  always -> elements=pupil filter

product_names: The parts of a Level-3 product name; blank parts vanish
  product_names.csv  always -> product=true, head=program observation target instrument, tail=elements slit subarray

targets: What identifies the target of an exposure
  targets.csv  visit=fixed and position=false and name=false and guide=false or visit=parallel and name=false or visit=other… -> identity=label, label=t0
  targets.csv  visit=fixed and position=false and name=false and guide=true or visit=other and name=false and guide=true -> identity=guide
  targets.csv  visit=fixed and position=false and name=true or visit=parallel|other and name=true -> identity=name
  targets.csv  visit=fixed and position=true -> identity=position

the name (in lower case; a part without a word vanishes with what stands before it)
  jw{PROGRAM}-o{OBSERVTN}_{target}_{INSTRUME}_{PUPIL}-{FILTER}-{FXD_SLIT}-{SUBARRAY, not FULL}"""


def test_the_page_of_an_exposure_type_word_for_word():
    lines = show(jwst.read_rules(edition=2), ["NIS_AMI", "FILTER=F480M", "PUPIL=NRM"])
    assert re.sub(r"(?<=csv):[0-9,]+", "", "\n".join(lines)) == AMI
    ends = [line for line in show(jwst.read_rules("jwst_dms", edition="3.1"), ["NRS_FIXEDSLIT"]) if "ends" in line]
    assert ends[0].endswith("is_imprt=true -> role=imprint  (ends here)")


def test_tables_that_are_no_question_of_an_exposure_are_left_out():
    lines = show(jwst.read_rules("jwst_dms"), ["MIR_IMAGE"])
    assert not any(line.startswith(("illumination", "dispersers", "series", "detectors")) for line in lines)


def test_an_exposure_type_without_products_says_so():
    assert show(jwst.read_rules(), ["NRS_DARK"])[-1] == "no product"


def test_an_edition_shows_its_own_rows(capsys):
    assert main(["rules", "show", "MIR_MRS", "--edition", "1"]) == 0
    assert "ch4" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize(("word", "message"), [("MIR_MRSS", "nearest: 'MIR_MRS'"), ("FOO=1", "no table asks for FOO"), ("TSOVISIT=maybe", "not on the list")])  # fmt: skip
def test_an_unknown_word_is_wrong_usage(word, message, capsys):
    assert main(["rules", "show", word]) == 2
    assert message in capsys.readouterr().err


def test_an_open_word_is_folded_to_its_class():
    assert read_given(jwst.read_rules(), ["filter=f200w"]) == {"filter": "other"}
    with pytest.raises(RuleError, match="not on the list"):
        read_given(jwst.read_rules(), ["VISITYPE=PRIME"])


@pytest.mark.parametrize(
    ("conditions", "merged"),
    [
        ([{"a": "x", "b": "1"}, {"a": "y", "b": "1"}], [{"a": "x|y", "b": "1"}]),
        ([{"a": "x"}, {"a": "y"}, {"a": "z"}], [{"a": "x|y|z"}]),
        ([{"a": "x", "b": "1"}, {"a": "y", "b": "2"}], None),
        ([{"a": "x", "b": "1"}, {"a": "x"}], None),
        ([{"a": "x"}, {"a": "x", "b": "1"}], None),
        ([{"a": "x"}, {"a": "!y"}], None),
        ([{"a": "x"}], None),
    ],
)
def test_conditions_are_one_where_they_differ_in_one_column(conditions, merged):
    assert merge(conditions) == (merged or conditions)


@pytest.mark.parametrize("length", [1, WIDTH - 1, WIDTH, WIDTH + 1, 3 * WIDTH])
def test_a_long_text_is_cut_to_its_place(length):
    text = cut("x" * length)
    assert text == "x" * length if length <= WIDTH else text == "x" * (WIDTH - 1) + "…"
