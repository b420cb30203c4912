"""Cards: what is read, and each way in which a header is not to be believed."""

import pytest
from astropy.io import fits
from hypothesis import given
from hypothesis import strategies as st

from scrub.files import cards
from scrub.frames.cells import as_text


def header(*lines: str | bytes) -> cards.Cards:
    """Return a header of these cards and END."""
    images = [line.encode() if isinstance(line, str) else line for line in (*lines, "END")]
    return cards.index(b"".join(image.ljust(80) for image in images))


def read(*lines, neighbours=None, wanted=("FILTER",)):
    return cards.read_values(header(*lines), wanted, neighbours)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("'F200W   '           / Name of the filter", "F200W"), ("   'F200W' / free format", "F200W"), ("'O''HARA'", "O'HARA"),
        ("                   T", "True"), ("F", "False"), ("                 -0.5", "-0.5"), ("80.0", "80"), ("1.5D-3", "0.0015"),
        ("+007", "7"), (".5", "0.5"), ("5.", "5"), ("1E3/no blank", "1000"), ("", ""), ("   / no value", ""), ("NaN", "NaN"), ("1E999", "1E999"), ("-1.0D+400", "-1.0E+400"),
        ("''", ""),
    ],
)  # fmt: skip
def test_a_card_of_the_standard_is_read(value, text):
    assert read(f"FILTER  = {value}") == {"FILTER": text}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("FILTER  ='F200W   '", "a card without '= ' after its keyword"),
        ("FILTER    'F200W   '", "a card without '= ' after its keyword"),
        ("FILTER  = 'F200W   x          / Name of the filter", "a card that breaks the FITS standard"),
        ("FILTER  = 'F200W   ' x        / Name of the filter", "a card that breaks the FITS standard"),
        ("FILTER  = xF200W   '          / Name of the filter", "a card that breaks the FITS standard"),
        ("FILTER  =                    X / a flag", "a card that breaks the FITS standard"),
        ("FILTER  =         245.98x8520833", "a card that breaks the FITS standard"),
        ("FILTER  =     7   245.9818520833", "a card that breaks the FITS standard"),
        ("FILTER  =     1.2.3", "a card that breaks the FITS standard"),
        ("FILTER  =                    F x Name", "a card that breaks the FITS standard"),
        (b"FILTER  = 'F2\x0100W '", "a value with bytes that are no text"),
        (b"FILTER  = 'F2\xb00W '", "a value with bytes that are no text"),
        ("FILTER  = 'F200W&'", "a text that goes on, and no card that continues it"),
    ],
)
def test_a_card_that_breaks_the_standard_is_an_error_with_its_keyword(line, reason):
    with pytest.raises(cards.HeaderError) as error:
        read(line)
    assert (error.value.reason, error.value.column) == (reason, "FILTER")
    assert error.value.value.isprintable()
    assert read(line, wanted=("PUPIL",)) == {"PUPIL": ""}, "nobody asked for this card"


def test_a_card_that_stands_twice_is_an_error_only_if_its_values_differ():
    same = ("FILTER  = 'F200W   '", "FILTER  = 'F200W'    / again", "filter  = 'F200W'")
    assert read(*same) == {"FILTER": "F200W"}
    with pytest.raises(cards.HeaderError, match="twice, with different values") as error:
        read(*same, "FILTER  = 'F150W   '")
    assert error.value.value == "'F200W' and 'F150W'"
    with pytest.raises(cards.HeaderError, match="twice"):
        read("FILTER  = 'F200W   '", "FILTER  = 'F150W   '", "FILTER  = 'F200W   '")


def test_a_keyword_one_letter_off_is_an_error_only_if_the_wanted_one_is_absent():
    assert read("FILTERS = 'F200W   '") == {"FILTER": ""}, "not looked for"
    assert read("FILTERS = 'F200W   '", neighbours=["FILTERS"]) == {"FILTER": ""}, "a keyword of its own"
    assert read("FILTER  = 'F200W   '", "FILTERS = 'F150W   '", neighbours=[]) == {"FILTER": "F200W"}
    assert read("FILLERS = 'F200W   '", neighbours=[]) == {"FILTER": ""}, "two letters off"
    wanted = ("CRVAL1", "CRVAL2")
    assert read("CRVAL2  = 1.5", wanted=wanted, neighbours=[]) == {"CRVAL1": "", "CRVAL2": "1.5"}
    for line in ("FILTERS = 'F200W   '", "FIL ER  = 'F200W   '", "xILTER  = 'F200W   '", b"FILTE\xff  = 'F200W   '"):
        with pytest.raises(cards.HeaderError, match="one letter off") as error:
            read(line, neighbours=[])
        assert error.value.column == "FILTER"


@pytest.mark.parametrize("behind", ["CONTINUE  'F277W", "CONTINUE  5", b"CONTINUE  'F2\xff'"])
def test_a_card_that_runs_on_into_a_broken_one_is_an_error_with_its_keyword(behind):
    with pytest.raises(cards.HeaderError, match="a CONTINUE card that breaks the FITS standard") as error:
        read("FILTER  = 'F200W&'", behind)
    assert error.value.column == "FILTER"
    assert error.value.value.isprintable()


def test_cards_that_run_on_and_hierarch_cards_are_read():
    long = fits.Header({"FILTER": "S" * 90, "PUPIL": "CLEAR"}).tostring(padding=False).encode()
    whole = cards.index(long)
    assert cards.read_values(whole, ["FILTER", "PUPIL"]) == {"FILTER": "S" * 90, "PUPIL": "CLEAR"}
    assert read("HIERARCH LONGKEYWORD = 5", wanted=["LONGKEYWORD"]) == {"LONGKEYWORD": "5"}
    assert read("filter  = 'F200W   '") == {"FILTER": "F200W"}


def test_cards_behind_end_are_no_cards():
    behind = b"".join(line.ljust(80) for line in (b"PUPIL   = 'CLEAR'", b"END", b"FILTER  = 'F150W'"))
    assert cards.read_values(cards.index(behind), ["FILTER", "PUPIL"]) == {"FILTER": "", "PUPIL": "CLEAR"}
    twice = header("FILTER  = 'F200W   '")
    again = cards.index(b"FILTER  = 'F200W'".ljust(80) + b"END".ljust(80) + b"FILTER  = 'F150W'".ljust(80))
    assert cards.read_values(again, ["FILTER"]) == cards.read_values(twice, ["FILTER"])
    assert cards.find_end(b"A       =".ljust(79) + b"END".ljust(81) + b"END".ljust(80)) == 160, (
        "END where no card begins"
    )


def test_a_hierarch_card_counts_as_a_card_of_its_keyword():
    assert read("HIERARCH FILTER = 'F200W'", "HIERARCH filter= 'F200W   ' / again") == {"FILTER": "F200W"}
    assert read("FILTER  = 'F200W'", "HIERARCH FILTER = 'F200W'") == {"FILTER": "F200W"}
    assert read("FILTER  =", "HIERARCH FILTER = 'F200W'") == {"FILTER": "F200W"}
    assert read("FILTER  = 'F200W'", "HIERARCH FILTER = / no value") == {"FILTER": "F200W"}
    assert read("HIERARCH ESO FILTER = 'F150W'", "HIERARCH FILTER 'F150W'", "FILTER  = 'F200W'") == {"FILTER": "F200W"}
    for lines in (
        ("HIERARCH FILTER = 'F200W'", "HIERARCH FILTER = 'F150W'"),
        ("FILTER  = 'F200W'", "HIERARCH FILTER = 'F150W'"),
        ("HIERARCH FILTER = 'F200W'", "FILTER  = 'F150W'"),
        ("HIERARCH Filter = 5", "HIERARCH FILTER = 5.5"),
    ):
        with pytest.raises(cards.HeaderError, match="twice, with different values") as error:
            read(*lines)
        assert error.value.column == "FILTER"
    with pytest.raises(cards.HeaderError, match="breaks the FITS standard") as error:
        read("HIERARCH FILTER = 'F200W")
    assert (error.value.column, error.value.value) == ("FILTER", " 'F200W")


values = (
    st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False)
    | st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)
)


@given(values)
def test_what_astropy_writes_is_read_as_astropy_reads_it(value):
    written = fits.Card("FILTER", value)
    assert (
        read(str(written)[:80])["FILTER"] == as_text(fits.Card.fromstring(str(written)).value) or len(str(written)) > 80
    )


@given(
    st.lists(st.dictionaries(st.sampled_from(["FILTER", "PUPIL", "CHANNEL"]), st.sampled_from([1, 2.5, True, "F200W"])))
)
def test_headers_that_share_keywords_or_cards_have_their_own_values(headers):
    wanted = ["FILTER", "PUPIL"]
    for written in [*headers, *headers]:
        raw = cards.index(fits.Header(written).tostring(padding=False).encode())
        assert cards.read_values(raw, wanted, []) == {key: as_text(written.get(key)) for key in wanted}
