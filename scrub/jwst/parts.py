"""Parts: a large input divided by program. Each part is answered alone, and all of them together are the answer.

Nothing that the pipeline decides on an exposure depends on another program, so that a part has all exposures of its
programs; rows of one name, which are compared, are in one part, whatever their program.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from scrub.files import sorted_runs
from scrub.files.sorted_runs import Run, Slices
from scrub.frames.cells import TEXT
from scrub.jwst.exposures import read_programs
from scrub.tables import Rules
from scrub.tables.rules import once

_NAMED = slice(2, 7)  # where the name of an exposure has its program
_NOWHERE = 64  # parts, at most, of rows without a program


class Part(NamedTuple):
    """The number of a part, its programs, how many rows it has, and where they are."""

    number: int
    programs: tuple[str, ...]
    rows: int
    slices: tuple[Slices, ...]


@once
def is_by_program(rules: Rules) -> bool:
    """Return whether a rule set answers program by program: each name of a product has it, each join is of one.

    The name of an exposure is of one program.

    >>> from scrub import tables
    >>> is_by_program(tables.read("jwst")), is_by_program(tables.read("jwst_dms"))
    (True, True)
    """
    parts = {row["part"]: row["keyword"] for row in rules["name_parts"].records()}
    heads = (row["head"].split() for row in rules["product_names"].records())
    named = all(parts.get(head[0]) == "PROGRAM" or head[0] == "exposure" for head in heads if head)
    near = {"joins": {"PROGRAM"}, "clashes": {"PROGRAM", "product"}}
    within = ((name, row["within"]) for name in near if name in rules.tables for row in rules[name].records())
    return named and all(near[name] & set(words.split()) for name, words in within)


def find_programs(rules: Rules, headers: pd.DataFrame) -> "pd.Series[str]":
    """Return by what each row is put into a part: its program; where it has none, a number by its name.

    Args:
        rules: a JWST rule set.
        headers: one row an exposure, as ``jwst.load`` gives it.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> find_programs(rules, jwst.example(rules)).tolist()
    ['01018', '01018']
    """
    programs = read_programs(rules, headers).reset_index(drop=True)
    if not programs.isna().any():
        return programs
    hashes = pd.util.hash_array(headers["exposure"].to_numpy(dtype=object)) % _NOWHERE
    return programs.fillna(pd.Series([f"?{number:02d}" for number in hashes.tolist()], dtype=TEXT))


def have_programs(names: "pd.Series[str]", programs: "pd.Series[str]") -> bool:
    """Return whether each name has its program where names have it: then rows of one name are of one program.

    Args:
        names: of exposures.
        programs: of the same.

    >>> have_programs(pd.Series(["jw01018006001_02101_00001_nis"]), pd.Series(["01018"]))
    True
    """
    return names.str.slice(_NAMED.start, _NAMED.stop).tolist() == programs.tolist()


def find_shared(runs: Sequence[Run]) -> set[tuple[str, str]]:
    """Return pairs of programs that have rows of one name.

    A name counts by its hash: two names of one hash put two programs into one part, which changes no answer.

    Args:
        runs: of headers, by program.
    """
    hashes = np.concatenate(
        [pd.util.hash_array(names) for run in runs for names in sorted_runs.read_column(run.path, "exposure")]
    )
    keys = sorted({key for run in runs for key in run.keys})
    code = {key: i for i, key in enumerate(keys)}
    known = (np.array([code[key] for key in run.keys], dtype=np.intp) for run in runs)
    codes = np.concatenate(
        [np.repeat(own, np.diff([*run.starts, run.rows])) for own, run in zip(known, runs, strict=True)]
    )
    order = np.argsort(hashes, kind="stable")
    hashes, codes = hashes[order], codes[order]
    one, other = codes[:-1], codes[1:]
    apart = (hashes[1:] == hashes[:-1]) & (one != other)
    return {(keys[i], keys[j]) for i, j in set(zip(one[apart].tolist(), other[apart].tolist(), strict=True))}


def divide(counts: Mapping[str, int], shared: Iterable[tuple[str, str]], *, rows: int) -> list[tuple[str, ...]]:
    """Return programs in parts of at least so many rows but for the last; those that share a name are in one part.

    Args:
        counts: how many rows each program has, sorted by program.
        shared: pairs of programs that must be in one part.
        rows: how many make a part.

    >>> divide({"1": 5, "2": 5, "3": 5, "4": 5}, [("1", "3")], rows=10)
    [('1', '3'), ('2', '4')]
    """
    parts: list[tuple[str, ...]] = []
    held, count = list[str](), 0
    for group in _join_shared(counts, shared):
        held += group
        count += sum(counts[program] for program in group)
        if count >= rows:
            parts.append(tuple(held))
            held, count = [], 0
    return [*parts, tuple(held)] if held else parts


def _join_shared(programs: Iterable[str], shared: Iterable[tuple[str, str]]) -> Iterator[list[str]]:
    """Yield programs that go together, in the order of the first of each."""
    leader = {program: program for program in programs}

    def lead(program: str) -> str:
        while leader[program] != program:
            leader[program] = program = leader[leader[program]]
        return program

    for pair in shared:
        first, second = sorted(map(lead, pair))
        leader[second] = first
    groups: dict[str, list[str]] = {}
    for program in leader:
        groups.setdefault(lead(program), []).append(program)
    yield from groups.values()


def plan(runs: Sequence[Run], *, by_name: bool, rows: int) -> list[Part]:
    """Return the parts of headers that are on disk.

    Args:
        runs: of headers, by program.
        by_name: whether the names of all exposures tell their programs, see ``have_programs``.
        rows: how many make a part.
    """
    counts = sorted_runs.list_keys(runs)
    shared = set() if by_name else find_shared(runs)
    return [
        Part(
            number, programs, sum(counts[program] for program in programs), tuple(sorted_runs.pick(runs, set(programs)))
        )
        for number, programs in enumerate(divide(counts, shared, rows=rows))
    ]


def read_part(part: Part) -> pd.DataFrame:
    """Return the headers of a part."""
    return sorted_runs.read_slices(part.slices)


def get_path(folder: Path, name: str, number: int) -> Path:
    """Return where rows of a table or of an input are kept, below the folder of a run."""
    return folder / f"{name}-{number:06d}"
