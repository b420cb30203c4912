"""Faults: one damage a time, drawn from a source of chance: Hypothesis' own in tests, a seeded one in ``count``."""

import json
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tests.odd_cells import ODD, PLAIN, column

TOKENS = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1b[31m", b"\r", b"\n", b'"', b"'", b",", b";", b"=", b"END", b"NaN", b"1e999",
    b"-0", b"9" * 60, b"\xf0\x9f\x92\xa9", b"..", b"/", b"|", b"!", b"*", b"((a+)+)", b"[", b"{", b"null", b"\\ud800", b"else",
)  # fmt: skip


class Fault(NamedTuple):
    """An input with one damage: of which kind, and whether its answer must be that of the whole input."""

    kind: str
    content: Any
    is_neutral: bool = False


def flip_bit(chance: Random, seed: bytes) -> bytes:
    at = chance.randrange(len(seed))
    return seed[:at] + bytes([seed[at] ^ (1 << chance.randrange(8))]) + seed[at + 1 :]


def change_byte(chance: Random, seed: bytes) -> bytes:
    at = chance.randrange(len(seed))
    return seed[:at] + bytes([chance.randrange(256)]) + seed[at + 1 :]


def cut_out(chance: Random, seed: bytes) -> bytes:
    at = chance.randrange(len(seed))
    return seed[:at] + seed[at + chance.choice((1, 2, 80, 400)) :]


def cut_off(chance: Random, seed: bytes) -> bytes:
    return seed[: chance.randrange(len(seed))]


def double(chance: Random, seed: bytes) -> bytes:
    at = chance.randrange(len(seed))
    return seed[: at + chance.choice((1, 80, 400))] + seed[at:]


def put_in(chance: Random, seed: bytes) -> bytes:
    at = chance.randrange(len(seed) + 1)
    return seed[:at] + chance.choice(TOKENS) + seed[at:]


def swap_lines(chance: Random, seed: bytes) -> bytes:
    lines = seed.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


BYTES: dict[str, Callable[[Random, bytes], bytes]] = {
    "a bit": flip_bit, "a byte": change_byte, "cut out": cut_out, "cut off": cut_off, "doubled": double, "put in": put_in,
    "lines swapped": swap_lines,
}  # fmt: skip


def damage(chance: Random, seed: bytes) -> Fault:
    """Return bytes with one damage."""
    kind = chance.choice(list(BYTES))
    return Fault(kind, BYTES[kind](chance, seed))


def damage_fits(chance: Random, seed: bytes) -> Fault:
    """Return a FITS file with one damage, or one in the comment of a card, which says nothing."""
    if not seed.startswith(b"SIMPLE") or chance.randrange(4):
        return damage(chance, seed)
    slashes = [at + seed[at : at + 80].find(b" / ") for at in range(0, seed.find(b"END" + b" " * 77), 80)]
    cards = [at for at in slashes if 10 < at % 80 < 76]
    at = chance.choice(cards)
    at = chance.randrange(at + 3, at - at % 80 + 80)
    return Fault("in a comment", seed[:at] + bytes([chance.randrange(32, 127)]) + seed[at + 1 :], is_neutral=True)


def damage_csv(chance: Random, seed: bytes) -> Fault:
    """Return a CSV file with one damage, or with a change that says nothing: order, line ends, a blank line."""
    choice = chance.randrange(8)
    head, *rows = seed.rstrip(b"\n").split(b"\n")
    if choice == 0:
        chance.shuffle(rows)
        return Fault("order of rows", b"\n".join([head, *rows, b""]), is_neutral=True)
    if choice == 1:
        return Fault("line ends", b"\r\n".join([head, *rows, b""]), is_neutral=True)
    if choice == 2:
        return Fault("a blank line", seed + chance.choice((b"\n", b"  \n", b"\r\n")), is_neutral=True)
    if choice == 3:
        lines = [line + b",x%d" % number for number, line in enumerate([head, *rows])]
        return Fault("a column more", b"\n".join([*lines, b""]), is_neutral=True)
    return damage(chance, seed)


JSON = (None, True, -1, 1e308, 10**60, "", "\ud800", "\x1b", [], [[]], {}, {"data": []}, [1, "a"], "NaN", {"": None})


def damage_json(chance: Random, seed: bytes) -> Fault:
    """Return a JSON document with one damage, of its bytes or of one of its values; or written in another way."""
    choice = chance.randrange(3)
    if choice == 0:
        return damage(chance, seed)
    content = json.loads(seed)
    if choice == 1 and chance.randrange(3) == 0:
        return Fault("written another way", json.dumps(content, indent=chance.randrange(4)).encode(), is_neutral=True)
    place = content
    while True:
        key = chance.choice(list(place)) if isinstance(place, dict) else chance.randrange(len(place))
        if not isinstance(place[key], dict | list) or not place[key] or chance.randrange(3) == 0:
            break
        place = place[key]
    kind = chance.choice(("another value", "a key gone")) if isinstance(place, dict) else "another value"
    if kind == "a key gone":
        del place[key]
    else:
        place[key] = chance.choice(JSON)
    return Fault(kind, json.dumps(content).encode())


def damage_frame(chance: Random, seed: pd.DataFrame) -> Fault:
    """Return a frame of text with another type, an odd cell, or odd names; other types alone say nothing else."""
    kind = chance.choice(list(FRAMES))
    change, is_neutral = FRAMES[kind]
    return Fault(kind, change(chance, seed.copy()), is_neutral)


def _retype(dtype: Any) -> Callable[[Random, pd.DataFrame], pd.DataFrame]:
    def change(chance: Random, frame: pd.DataFrame) -> pd.DataFrame:
        some = [name for name in frame if chance.randrange(3)]
        return frame.astype(dict.fromkeys(some, dtype))

    return change


def _put_cell(cells: dict[str, Any]) -> Callable[[Random, pd.DataFrame], pd.DataFrame]:
    def change(chance: Random, frame: pd.DataFrame) -> pd.DataFrame:
        name = chance.choice(list(frame))
        odd = column(cells[chance.choice(list(cells))], frame[name].tolist()[1:])
        return frame.assign(**{name: odd.set_axis(frame.index)})

    return change


def _name_twice(chance: Random, frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame[[chance.choice(list(frame))]]], axis=1)


def _rename(chance: Random, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(
        columns={chance.choice(list(frame)): chance.choice((1, None, ("a", "b"), "", "=1", "\x1b", 2.5, pd.NaT))}
    )


def _nest_columns(chance: Random, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_axis(pd.MultiIndex.from_product([["a"], frame.columns]), axis=1)


def _nest_rows(chance: Random, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_index(pd.MultiIndex.from_arrays([frame.iloc[:, 0], range(len(frame))]))


def _index(chance: Random, frame: pd.DataFrame) -> pd.DataFrame:
    labels = chance.choice(([0] * len(frame), list(range(len(frame)))[::-1], [1.5] * len(frame), ["x"] * len(frame)))
    return frame.set_axis(pd.Index(labels), axis=0)


def _shuffle(chance: Random, frame: pd.DataFrame) -> pd.DataFrame:
    order = list(range(len(frame)))
    chance.shuffle(order)
    return frame.iloc[order]


def _numbers(chance: Random, frame: pd.DataFrame) -> pd.DataFrame:
    name = chance.choice(list(frame))
    dtype = chance.choice(
        (
            "complex128",
            "float32",
            "int8",
            "datetime64[ns]",
            "timedelta64[ns]",
            "uint64",
            "bool",
            "Int64",
            "boolean",
            "Float32",
        )
    )
    return frame.assign(**{name: pd.Series(np.zeros(len(frame), dtype="int64"), index=frame.index).astype(dtype)})


def _empty(chance: Random, frame: pd.DataFrame) -> pd.DataFrame:
    return chance.choice((frame.head(0), frame.iloc[:, :0], pd.DataFrame(), frame.iloc[:, :1]))


FRAMES: dict[str, tuple[Callable[[Random, pd.DataFrame], pd.DataFrame], bool]] = {
    "objects": (_retype("object"), True),
    "categories": (_retype("category"), True),
    "Arrow texts": (_retype("string[pyarrow]"), True),
    "Python texts": (_retype("string[python]"), True),
    "Arrow types": (lambda chance, frame: frame.convert_dtypes(dtype_backend="pyarrow"), True),
    "order of rows": (_shuffle, True),
    "labels of rows": (_index, True),
    "an odd cell": (_put_cell(ODD), False),
    "another cell": (_put_cell(PLAIN), False),
    "numbers": (_numbers, False),
    "a name twice": (_name_twice, False),
    "an odd name": (_rename, False),
    "names of two parts": (_nest_columns, False),
    "labels of two parts": (_nest_rows, False),
    "nothing": (_empty, False),
}
