"""Odd headers: each value is what astropy reads, or the file is rejected; none is read as something else."""

import warnings

import pytest
from astropy.io import fits

from scrub.files import cards
from scrub.frames.cells import as_text

SAME = {
    "a text": ["FILTER  = 'F200W   '"],
    "a text to column 80": [f"FILTER  = '{'F' * 68}'"],
    "quotes in a text": ["FILTER  = 'O''HARA ''X'''"],
    "a text of one quote": ["FILTER  = ''''"],
    "an empty text": ["FILTER  = ''"],
    "a text of blanks": ["FILTER  = '        '"],
    "blanks before a text": ["FILTER  = '   F200W'"],
    "blanks before the value": ["FILTER  =             'F200W   '"],
    "a value at once behind the sign": ["FILTER  = 5"],
    "no value": ["FILTER  ="],
    "no value, and a comment": ["FILTER  =                      / undefined"],
    "a comment that holds a quote": ["FILTER  = 'F200W   '           / the filter's name"],
    "a comment that holds a text": ["FILTER  =                    5 / not 'F200W'"],
    "a slash in a text": ["FILTER  = 'F200W/F150W' / two"],
    "a comment without a blank": ["FILTER  = 'F200W'/name"],
    "an equals sign in a text": ["FILTER  = 'a = b   '"],
    "a hash in a text": ["FILTER  = '# 5     '"],
    "true": ["FILTER  =                    T"],
    "false, free format": ["FILTER  = F / no"],
    "a text that says T": ["FILTER  = 'T       '"],
    "a whole number": ["FILTER  =                   12"],
    "a whole number with zeros": ["FILTER  =                  007"],
    "a whole number with a sign": ["FILTER  =                  +12"],
    "a whole number of 18 digits": ["FILTER  =   123456789012345678"],
    "minus zero": ["FILTER  =                   -0"],
    "minus zero as a float": ["FILTER  =                 -0.0"],
    "a float": ["FILTER  =       80.48754012345"],
    "a float of 17 digits": ["FILTER  =  80.487540123456789"],
    "a float that ends with its point": ["FILTER  =                   5."],
    "a float that begins with its point": ["FILTER  =                  .25"],
    "an exponent": ["FILTER  =             1.5E-003"],
    "a small e": ["FILTER  =               1.5e10"],
    "a D exponent": ["FILTER  =            1.5D+0003"],
    "a small d": ["FILTER  =               2.5d-2"],
    "a tiny float": ["FILTER  =               5E-324"],
    "a text that goes on": ["FILTER  = 'F200&'", "CONTINUE  'W   '"],
    "a text that goes on twice": ["FILTER  = 'F&'", "CONTINUE  '200&'", "CONTINUE  'W' / name"],
    "a text that goes on and is empty": ["FILTER  = 'F200W&'", "CONTINUE  ''"],
    "an ampersand inside": ["FILTER  = 'A & B   '"],
    "small letters in a keyword": ["filter  = 'F200W   '"],
    "mixed letters in a keyword": ["Filter  = 'F200W   '"],
    "twice with one value": ["FILTER  = 'F200W   '", "FILTER  = 'F200W   ' / again"],
    "HIERARCH": ["HIERARCH ESO INS = 5", "FILTER  = 'F200W   '"],
    "HIERARCH of the keyword": ["HIERARCH FILTER = 'F200W   '"],
    "behind COMMENT and HISTORY": ["COMMENT FILTER  = 'F150W   '", "HISTORY = 'F150W'", "FILTER  = 'F200W   '"],
    "behind a blank card": ["", "         / FILTER  = 'F150W'", "FILTER  = 'F200W   '"],
    "a longer keyword beside it": ["FILTER2 = 'F150W   '", "FILTER  = 'F200W   '"],
}
REJECTED = {
    "a complex number": ["FILTER  =           (1.0, 2.0)"],
    "a number with a blank": ["FILTER  =               1 2"],
    "a hexadecimal number": ["FILTER  =                 0xFF"],
    "a text without its last quote": ["FILTER  = 'F200W"],
    "a text without its first quote": ["FILTER  = F200W'"],
    "no blank behind the sign": ["FILTER  ='F200W   '"],
    "no sign": ["FILTER    'F200W   '"],
    "a sign one place on": ["FILTER   = 'F200W  '"],
    "a flag that is none": ["FILTER  =                    Y"],
    "letters of another language": ["FILTER  = 'F200Ẃ  '"],
    "digits of another language": ["FILTER  =                 ١٢"],
    "a tab in a text": ["FILTER  = 'F\t200W '"],
    "twice with two values": ["FILTER  = 'F200W   '", "FILTER  = 'F150W   '"],
    "twice with two values, once in small letters": ["FILTER  = 'F200W   '", "filter  = 'F150W   '"],
    "a text that goes on to nothing": ["FILTER  = 'F200&'"],
}


def make_header(lines: list[str]) -> bytes:
    return b"".join(line.encode().ljust(80)[:80] for line in (*lines, "END"))


def read(lines: list[str]) -> str:
    return cards.read_values(cards.index(make_header(lines)), ["FILTER"])["FILTER"]


@pytest.mark.parametrize("lines", SAME.values(), ids=SAME)
def test_an_odd_header_is_read_as_astropy_reads_it(lines):
    with warnings.catch_warnings(action="ignore"):
        value = fits.Header.fromstring(make_header(lines))["FILTER"]
    assert read(lines) == ("" if isinstance(value, fits.card.Undefined) else as_text(value))


@pytest.mark.parametrize("lines", REJECTED.values(), ids=REJECTED)
def test_a_header_that_cannot_be_believed_is_rejected(lines):
    with pytest.raises(cards.HeaderError) as error:
        read(lines)
    assert error.value.column == "FILTER"


def test_every_card_of_the_flight_headers_is_read_as_astropy_reads_it(shared):
    files = sorted((shared / "jwst_exposures").glob("*.fits"))
    for file in files:
        with fits.open(file) as content:
            for unit in content[:2]:
                raw = cards.index(unit.header.tostring().encode())
                keywords = [k for k in dict.fromkeys(unit.header) if k not in ("", "COMMENT", "HISTORY")]
                values = cards.read_values(raw, keywords)
                assert values == {k: as_text(unit.header[k]) for k in keywords}
                assert len(keywords) > 50
    assert len(files) == 3
