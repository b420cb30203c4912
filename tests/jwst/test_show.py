"""How a name is formed: what ``rules show`` lists, held against what really decides."""

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
