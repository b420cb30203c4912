"""Rule sets compared case by case: which cases two of them answer differently, and what kind of change that is."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial, reduce
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.tables.boxes import (
    MOST,
    Box,
    Piece,
    TangledError,
    count,
    fill,
    find_common,
    find_first,
    find_rest,
    list_positions,
    move,
    unite,
)
from scrub.tables.conditions import write_cell
from scrub.tables.decide import Table, list_pieces
from scrub.tables.diff.witness import Witness, witnesses
from scrub.tables.findings import RuleError
from scrub.tables.rows import count_rows, read_frame
from scrub.tables.rules import Rules

KINDS = ("APPEND", "RENAME", "CHANGE", "REGROUP", "RENUMBER", "REMOVE", "MERGE")


class Change(NamedTuple):
    """Cases with another answer: the kind of change, the cases, the answers before and now, and the rows of both."""

    kind: str
    table: str
    case: str
    was: str
    now: str
    old_rule: str
    new_rule: str


def compare(old: Rules, new: Rules) -> list[Change]:
    """Return what a rule set answers differently from another, table by table; split or moved rows are no change.

    APPEND is a case that had no answer; REMOVE one that has none any more; RENUMBER another number for the same
    word (what trained models saw changes); MERGE one code for words that had two; RENAME and REGROUP are other names
    and other products. tables.toml says which kind a change of an answer is (``tools.changes``).

    Args:
        old: a rule set.
        new: another version of it.

    >>> from scrub.tables import ruleset
    >>> for change in compare(ruleset.read("jwst", edition=1), ruleset.read("jwst", edition=2))[-2:]:
    ...     print(change.kind, change.table, change.case)
    RENAME targets target=source
    APPEND encodings column=exp_type, value=MIR_WFSS
    """
    changes: list[Change] = []
    for name in dict.fromkeys([*old.tables, *new.tables]):
        was, now = old.tables.get(name), new.tables.get(name)
        if was is None or now is None:
            changes.append(_compare_presence(name, was, now))
        elif {was.policy, now.policy} == {"unique"}:
            changes.extend(_compare_declarations(was, now))
            changes.extend(_compare_decisions(was, now))
        elif {was.policy, now.policy} == {"first"}:
            changes.extend(_compare_patterns(was, now))
        else:
            changes.extend(_compare_lists(was, now))
    return changes


def _compare_presence(name: str, was: Table | None, now: Table | None) -> Change:
    table = was or now
    assert table is not None  # noqa: S101
    size = f"{count_rows(table.cells)} rows"
    return Change(
        "REMOVE" if was else "APPEND", name, "the whole table", size if was else "", size if now else "", "", ""
    )


def _compare_declarations(was: Table, now: Table) -> Iterator[Change]:
    """Yield what tables.toml declares differently of a decision table: when, of which cases, and how a case ends."""
    for key in ("turn", "applies_to", "leaves_out", "abstains"):
        before, after = getattr(was.declaration, key), getattr(now.declaration, key)
        if before != after:
            yield Change("REGROUP", now.name, f"{key} of tables.toml", _write(before), _write(after), "", "")


def _write(declared: Any) -> str:
    return str(dict(declared) if isinstance(declared, Mapping) else declared)


def _compare_decisions(was: Table, now: Table) -> Iterator[Change]:
    """Yield the changes of a decision table: one for each pair of rows that answer the same cases differently."""
    words = {
        column: tuple(dict.fromkeys([*was.conditions.get(column, ()), *now.conditions.get(column, ())]))
        for column in dict.fromkeys([*was.conditions, *now.conditions])
    }
    shared = _find_shared(_widen(was, words), _widen(now, words), [len(listed) for listed in words.values()])
    for pair in sorted(shared):
        if change := _compare_rows(was, now, *pair):
            yield change._replace(case=_name_cases(words, shared[pair]))


def _find_shared(before: list[Piece], after: list[Piece], sizes: Sequence[int]) -> dict[tuple[int, int], list[Box]]:
    """Return for each row before, and row after, the boxes of the cases that both answer; -1: none answers."""
    shared: dict[tuple[int, int], list[Box]] = defaultdict(list)
    held: dict[int, list[Box]] = defaultdict(list)
    for piece, numbers, boxes in find_common(before, after, sizes):
        for number, box in zip(numbers, boxes, strict=True):
            shared[piece.row, after[number].row].append(box)
            held[number].append(box)
        shared[piece.row, -1] += _find_left(piece, boxes)
    for number, piece in enumerate(after):
        shared[-1, piece.row] += _find_left(piece, held[number])
    return {pair: boxes for pair, boxes in shared.items() if boxes}


def _find_left(piece: Piece, boxes: Sequence[Box]) -> list[Box]:
    """Return what is left of a piece without the disjoint boxes that lie in it."""
    if count(boxes) == count([piece.box]):
        return []
    try:
        return find_rest(piece.box, boxes)
    except TangledError as error:
        raise RuleError(f"two versions of a row share more than {MOST} parts: compare fewer rows") from error


def _widen(table: Table, words: Mapping[str, Sequence[str]]) -> list[Piece]:
    """Return in which boxes each row of a table answers, over wider lists of words."""
    own = {column: [words[column].index(word) for word in listed] for column, listed in table.conditions.items()}
    order = {column: at for at, column in enumerate(table.conditions)}
    full = dict(zip(words, fill(len(listed) for listed in words.values()), strict=True))
    return [
        Piece(row, tuple(move(box[order[c]], own[c]) if c in own else full[c] for c in words))
        for row, box in list_pieces(table)
    ]


def _name_cases(words: Mapping[str, Sequence[str]], boxes: Sequence[Box]) -> str:
    """Return cases in the language of condition cells where they are a block, else the first of them."""
    used, cases = reduce(unite, boxes), count(boxes)
    if count([used]) == cases:
        cells = [
            f"{column}={write_cell([listed[i] for i in list_positions(bits)], listed)}"
            for (column, listed), bits in zip(words.items(), used, strict=True)
            if bits.bit_count() < len(listed) or len(listed) == 1
        ]
        return ", ".join(cells) or "every case"
    first = ", ".join(f"{c}={listed[i]}" for (c, listed), i in zip(words.items(), find_first(boxes), strict=True))
    return f"{first} and {cases - 1} more"


def _compare_rows(was: Table, now: Table, old: int, new: int) -> Change | None:
    """Return the change between a row of either table (-1: none); nothing if they answer the same."""
    before, after = (
        {column: words[row] for column, words in table.cells.items()} if row >= 0 else None
        for table, row in ((was, old), (now, new))
    )
    rules = "" if before is None else before["rule"], "" if after is None else after["rule"]
    answers = dict.fromkeys([*was.answers, *now.answers])
    cells = {
        c: ("" if before is None else before.get(c, ""), "" if after is None else after.get(c, "")) for c in answers
    }
    if before is None or after is None:
        words = ", ".join(f"{c} {(b or a)!r}" for c, (b, a) in cells.items() if b or a) or "listed"
        kind = "APPEND" if before is None else "REMOVE"
        return Change(kind, now.name, "", "" if before is None else words, "" if after is None else words, *rules)
    differ = {c: pair for c, pair in cells.items() if pair[0] != pair[1]}
    if not differ:
        return None
    kinds = [_kind(now, was, column) for column in differ]
    return Change(
        max(kinds, key=KINDS.index),
        now.name,
        "",
        ", ".join(f"{c} {b!r}" for c, (b, _) in differ.items()),
        ", ".join(f"{c} {a!r}" for c, (_, a) in differ.items()),
        *rules,
    )


def _kind(now: Table, was: Table, column: str) -> str:
    return {**was.declaration.changes, **now.declaration.changes}.get(column, "REGROUP")


def _compare_lists(was: Table, now: Table) -> Iterator[Change]:
    """Yield the changes of a plain list, key by key; a code that words come to share is a MERGE."""
    keys = list(dict.fromkeys([*was.keys, *now.keys]))
    before, after = (
        t.rows.reindex(columns=keys, fill_value="").drop_duplicates().reset_index(names="row") for t in (was, now)
    )
    both = before.merge(after, on=keys, how="outer", suffixes=("_old", "_new"), sort=False)
    same = _find_alike(was, now, both)
    for row in both[~same].fillna({"row_old": -1, "row_new": -1}).to_dict("records"):
        change = _compare_rows(was, now, int(row["row_old"]), int(row["row_new"]))
        if change:
            case = ", ".join(f"{key}={row[key]}" for key in keys)
            yield change._replace(case=case, kind=_find_merge(was, now, change, row))
    yield from _compare_order(was, now)


def _compare_order(was: Table, now: Table) -> Iterator[Change]:
    """Yield the lists whose order counts, and whose words are in another order."""
    for name in dict.fromkeys([*was.declaration.ordered, *now.declaration.ordered]):
        before, after = (t.rows[t.rows[t.keys[0]] == name] for t in (was, now))
        words = [part[now.keys[-1]].tolist() for part in (before, after)]
        both = set(words[0]) & set(words[1])
        old, new = ([word for word in own if word in both] for own in words)
        if old != new:
            rules = before["rule"].iloc[0], after["rule"].iloc[0]
            yield Change("REGROUP", now.name, f"{now.keys[0]}={name}", ", ".join(old), ", ".join(new), *rules)


def _find_alike(was: Table, now: Table, both: pd.DataFrame) -> np.ndarray:
    """Return which pairs of rows answer the same."""
    answers = list(dict.fromkeys([*was.answers, *now.answers]))
    old, new = (
        t.rows.reindex(columns=answers, fill_value="").reindex(both[row]).to_numpy(dtype=object)
        for t, row in ((was, "row_old"), (now, "row_new"))
    )
    paired = both[["row_old", "row_new"]].notna().all(axis=1).to_numpy(dtype=bool)
    alike: np.ndarray = paired & (old == new).all(axis=1)
    return alike


def _find_merge(was: Table, now: Table, change: Change, row: Mapping[Any, Any]) -> str:
    """Return MERGE where a word comes to a code that another word of the table before had; else the kind as it is."""
    codes = now.declaration.codes
    if codes is None or row["row_new"] < 0:
        return change.kind
    of, word, code = codes.of, codes.word, now.cells[codes.code][int(row["row_new"])]
    if code in codes.shared.get(row[of], ()):
        return change.kind
    before, after = (
        {
            own
            for group, own, number in zip(*(table.cells[column] for column in (of, word, codes.code)), strict=True)
            if (group, number) == (row[of], code)
        }
        for table in (was, now)
    )
    others = before - {row[word]}
    taken = others & after if change.kind == "RENUMBER" else others
    return "MERGE" if taken else change.kind


def _compare_patterns(was: Table, now: Table) -> Iterator[Change]:
    """Yield the changes of a pattern table, key by key: one for each pair of rows that fold a word differently."""
    keys = list(now.keys)
    parts = [dict(iter(t.rows.groupby(keys, sort=False))) for t in (was, now)]
    for key in dict.fromkeys([*parts[0], *parts[1]]):
        old, new = (part.get(key, was.rows.iloc[:0]) for part in parts)
        case = ", ".join(f"{k}={v}" for k, v in zip(keys, key, strict=True))
        columns = ["pattern", *now.answers]
        if old.reindex(columns=columns).to_numpy().tolist() == new[columns].to_numpy().tolist():
            continue
        before, after = (part[t.answers[0]].tolist() for part, t in ((old, was), (new, now)))
        differ = partial(_fold_differs, before, after)
        for word, i, j in witnesses(old["pattern"].tolist(), new["pattern"].tolist(), differ):
            sides = _keep_word(old, was, word), _keep_word(new, now, word)
            if change := _compare_rows(*sides, i, j):
                yield change._replace(case=f"{case}, the word {word!r}")


def _fold_differs(old: Sequence[str], new: Sequence[str], witness: Witness) -> bool:
    """Return whether two lists of answers fold a word differently; the answer ``*`` keeps it."""
    answers = [listed[i] if i >= 0 else "" for listed, i in ((old, witness.old), (new, witness.new))]
    before, after = (witness.word if answer == "*" else answer for answer in answers)
    return before != after


def _keep_word(rows: pd.DataFrame, table: Table, word: str) -> Table:
    """Return a table of some of its rows, with the word itself in place of the answer ``*``."""
    column = table.answers[0]
    return table._replace(cells=read_frame(rows.assign(**{column: rows[column].replace("*", word)})))
