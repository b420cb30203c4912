"""Which faults of FITS headers end in silence: bytes of a card, cards and blocks lost, cards twice, damaged gzip files.

    python benchmarks/header_faults.py [FILE.fits …] [--faults N] [--seed N] [--rules NAME]

FILE: Level-1b FITS files; without them three of the sample. Each fault is made in a copy of one file, which goes
through the pipeline alone, from the file to exposures. Its end is one of

- plain: the same values as without the fault;
- rejected: the file or the exposure is in the rejects, with a reason;
- noted: other values, and the ledger names the new word;
- silent wrong, silent missing: another value, or none, and no word about it.

A fault of a byte puts another printable character at any place of the first 30 bytes of a card (the keyword, ``= ``
and the value of a card in fixed format), all places alike.
"""

import argparse
import gzip
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub import jwst, samples
from scrub.contracts.stage import chain
from scrub.files.table_files import untracked
from scrub.frames.arrays import read_frame
from scrub.jwst.agreements import find_new_words
from scrub.tables import Rules

CARDS = [
    "PROGRAM", "OBSERVTN", "VISITYPE", "TSOVISIT", "TARG_RA", "TARG_DEC", "INSTRUME", "DETECTOR", "FILTER", "PUPIL",
    "EXP_TYPE", "CHANNEL", "SUBARRAY", "CRVAL1",
]  # fmt: skip
ENDS = ("plain", "rejected", "noted", "silent wrong", "silent missing")
CARD, FIELD, SECTOR, BLOCK = 80, 30, 512, 2880
PRINTABLE = [bytes([code]) for code in range(32, 127)]


class Fault(NamedTuple):
    """What is broken, how, and the bytes of the file with the fault."""

    where: str
    how: str
    data: bytes


class Original(NamedTuple):
    """A file without a fault: its name, its bytes, and the values that the pipeline reads from it."""

    name: str
    data: bytes
    values: dict[str, object]


class Reader:
    """Reads one file at a time through the first steps of the pipeline, in a folder of its own."""

    def __init__(self, rules: Rules, folder: Path) -> None:
        self.rules, self.folder = rules, folder

    def read(self, name: str, data: bytes) -> tuple[dict[str, object], set[str]]:
        """Return the values of the exposure, none if it is rejected, and the keywords whose words are new."""
        path = self.folder / name
        path.write_bytes(data)
        read = jwst.load(self.rules, self.folder)
        path.unlink()
        (exposures,), aside = chain(jwst.steps(self.rules)[:1], read.headers, track=untracked)
        if len(exposures) + len(read.rejected) + len(aside) != 1:
            raise AssertionError("an exposure that is neither in the answer nor in the rejects")
        if exposures.empty:
            return {}, set()
        return exposures.iloc[0].to_dict(), {
            new["keyword"] for new in find_new_words(self.rules, read_frame(exposures))
        }

    def end(self, original: Original, name: str, data: bytes) -> str:
        """Return how a fault ends."""
        values, noted = self.read(name, data)
        if not values:
            return "rejected"
        differ = {key for key, value in original.values.items() if key != "file" and not _same(values[key], value)}
        if not differ:
            return "plain"
        if differ <= noted:
            return "noted"
        return "silent missing" if any(pd.isna(values[key]) for key in differ) else "silent wrong"


def _same(one: object, other: object) -> bool:
    return bool(pd.isna(one) and pd.isna(other)) or one == other


def find_cards(data: bytes) -> dict[str, int]:
    """Where the first card of each keyword begins: of the first header, and of SCI for what only it has."""
    positions: dict[str, int] = {}
    for at in range(0, len(data) - CARD + 1, CARD):
        key = data[at : at + 8].decode("latin-1").rstrip()
        positions.setdefault(key, at)
    return positions


def bytes_of_cards(original: Original, count: int, draw: random.Random) -> Iterator[Fault]:
    """One byte of a deciding card, as often for each card."""
    positions = {card: at for card, at in find_cards(original.data).items() if card in CARDS}
    for card in CARDS:
        for _ in range(count if card in positions else 0):
            at = positions[card] + draw.randrange(FIELD)
            old = original.data[at : at + 1]
            new = draw.choice([byte for byte in PRINTABLE if byte != old])
            yield Fault(
                card, f"byte {at - positions[card]}: {new!r}", original.data[:at] + new + original.data[at + 1 :]
            )


def pieces_lost(original: Original) -> Iterator[Fault]:
    """Each deciding card, and each sector and block of the headers: made zero or blank, or cut out."""
    data = original.data
    headers = data.index(b"END".ljust(CARD), data.index(b"XTENSION"))
    cards = [(at, CARD) for card, at in find_cards(data).items() if card in CARDS]
    sectors = [(at, SECTOR) for at in range(0, headers, SECTOR)]
    blocks = [(at, BLOCK) for at in range(0, headers, BLOCK)]
    for name, pieces in (("card", cards), ("sector", sectors), ("block", blocks)):
        for at, size in pieces:
            before, after = data[:at], data[at + size :]
            yield Fault(f"{name} of zeros", str(at), before + bytes(size) + after)
            yield Fault(f"{name} of blanks", str(at), before + b" " * size + after)
            yield Fault(f"{name} cut out", str(at), before + after)
            if name == "card":
                end = data.index(b"END".ljust(CARD), at)
                yield Fault(
                    "card cut out, padded",
                    str(at),
                    before + data[at + size : end + CARD] + b" " * CARD + data[end + CARD :],
                )


def cards_moved(original: Original, count: int, draw: random.Random) -> Iterator[Fault]:
    """Two cards that change places, in one header or across two; cards that stand twice, with one value or two."""
    data, positions = original.data, find_cards(original.data)
    deciding = [at for card, at in positions.items() if card in CARDS]
    others = [at for card, at in positions.items() if card not in ("", "SIMPLE", "XTENSION", "END")]
    for _ in range(count):
        one, other = sorted((draw.choice(deciding), draw.choice(others)))
        if one != other:
            swapped = data[:one] + data[other : other + CARD] + data[one + CARD : other]
            yield Fault("cards swapped", f"{one} {other}", swapped + data[one : one + CARD] + data[other + CARD :])
    for at in deciding:
        card, end = data[at : at + CARD], data.index(b"END".ljust(CARD), at)
        changed = card[:10] + (b"'OTHER   '" if card[10:11] == b"'" else b"1.5" if b"." in card[10:30] else b"T").ljust(
            70
        )
        for how, copy in (("the same value", card), ("another value", changed)):
            for place in (at, end):
                rest = data[place:end] + b"END".ljust(CARD) + data[end + 2 * CARD :]
                yield Fault(f"card twice, {how}", str(at), data[:place] + copy + rest)


def bits_of_gzip(original: Original, count: int, draw: random.Random) -> Iterator[Fault]:
    """One bit of the file as gzip packs it."""
    packed = gzip.compress(original.data, mtime=0)
    for _ in range(count):
        at, bit = draw.randrange(len(packed)), draw.randrange(8)
        yield Fault(".fits.gz", f"{at}.{bit}", packed[:at] + bytes([packed[at] ^ 1 << bit]) + packed[at + 1 :])


def count_ends(
    reader: Reader, originals: Iterable[Original], faults: Callable[[Original], Iterable[Fault]], suffix: str = ""
) -> pd.DataFrame:
    """How many faults of each kind ended in which way."""
    ends = pd.DataFrame(
        [
            (fault.where, reader.end(original, original.name + suffix, fault.data))
            for original in originals
            for fault in faults(original)
        ],
        columns=["where", "end"],
    )
    frame = pd.crosstab(ends["where"], ends["end"]).reindex(
        columns=list(ENDS), index=ends["where"].unique(), fill_value=0
    )
    frame.loc["all"] = frame.sum()
    silent = frame["silent wrong"] + frame["silent missing"]
    return frame.assign(faults=frame.sum(axis=1), **{"silent %": (100 * silent / frame.sum(axis=1)).round(2)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--faults", type=int, default=9000, help="of one byte (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rules", default="jwst")
    options = parser.parse_args()
    draw = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as made:
        reader = Reader(jwst.read_rules(options.rules), Path(folder))
        paths = options.files or samples.write_jwst(Path(made))[:3]
        originals = [
            Original(path.name, data, reader.read(path.name, data)[0]) for path in paths for data in [path.read_bytes()]
        ]
        each = max(1, options.faults // (len(originals) * len(CARDS)))
        for title, faults, suffix in (
            ("One byte of a card", lambda original: bytes_of_cards(original, each, draw), ""),
            ("Pieces lost", pieces_lost, ""),
            ("Cards moved", lambda original: cards_moved(original, 100, draw), ""),
            ("One bit of a .fits.gz file", lambda original: bits_of_gzip(original, 500, draw), ".gz"),
        ):
            print(f"{title}\n{count_ends(reader, originals, faults, suffix).to_string()}\n", flush=True)


if __name__ == "__main__":
    main()
