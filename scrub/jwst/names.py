"""Names: what the products of exposures are called, and what keeps two products of one name apart."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.frames.arrays import Cells, Columns, list_words, make_cells, make_words, pick
from scrub.frames.columns import Positions, number_rows
from scrub.jwst.open_words import Open, close_words, list_first, pick_closed, replace_open
from scrub.tables import RuleError, Rules
from scrub.tables.rules import once

FORM = ("head", "tail", "elements", "arrange", "otherwise", "keys")
_BETWEEN = "\x1f"  # a character that no keyword value has


class _Part(NamedTuple):
    """A part of a name: the column that it comes from, or fixed text; what stands before it; how much of it is kept."""

    column: str
    text: str
    before: str
    first: int | None
    omit: tuple[str, ...]

    def write(self, word: str) -> str:
        """Return the part for a word of its column; blank if nothing of it is kept."""
        word = self.text or word
        kept = "" if word in self.omit else word[: self.first]
        return self.before + kept if kept else ""


Parts = Mapping[str, _Part]


class Form(NamedTuple):
    """The form of a name: words of the parts of its head, of its tail and of its elements, and the words of its key.

    ``elements`` in the tail stands for the elements, sorted; ``otherwise`` for none of them.
    """

    head: tuple[str, ...]
    tail: tuple[str, ...]
    elements: tuple[str, ...]
    otherwise: str
    keys: tuple[str, ...]


@once
def _read_parts(rules: Rules) -> Parts:
    return MappingProxyType(
        {
            row["part"]: _Part(
                row["keyword"] or row["part"],
                row["text"],
                row["before"],
                int(row["first"]) if row["first"] else None,
                tuple(row["omit"].split("|")) if row["omit"] else (),
            )
            for row in rules["name_parts"].records()
        }
    )


def name_products(rules: Rules, members: Columns, answers: Columns) -> dict[str, Cells]:
    """Return ``product`` and ``key`` of each row; both are missing where a rule leaves it out.

    A name is the parts that ``head`` and ``tail`` list, in lower case; blank parts vanish, and the tail
    begins with ``_`` in place of its first ``-``. The key holds what keeps products of one name apart: the
    values of all that ``keys`` lists, and the word by which they are named (``naming``), if the rules have one.

    Args:
        rules: a JWST rule set.
        members: columns of exposures with ``group``, the label of their ``target`` and the number of their ``case``.
        answers: for each case, ``head``, ``tail`` and ``elements``; if the rules have them, ``keys``, and for
            elements that are arranged, ``arrange`` and what stands for none, ``otherwise``.
    """
    blank = np.full(len(answers["group"]), "", dtype=object)
    forms = list(zip(*(answers.get(word, blank) for word in FORM), strict=True))
    number = {form: i for i, form in enumerate(dict.fromkeys(forms))}
    of_case = np.array([number[form] for form in forms], dtype=np.intp)
    of_row = np.where(pd.notna(members["group"]), of_case[members["case"]], -1)
    names, keys = (np.full(len(of_row), None, dtype=object) for _ in range(2))
    parts = _list_parts(rules, members)
    for cells, i in number.items():
        rows = np.flatnonzero(of_row == i)
        if len(rows):
            form = read_form(dict(zip(FORM, cells, strict=True)))
            names[rows], keys[rows] = _name_form(parts, list_first(rules), form, members, answers, rows)
    return {"product": names, "key": keys}


def write_names(rules: Rules, form: Mapping[str, str], members: Columns, answers: Columns, rows: Positions) -> Cells:
    """Return the names of some rows by a form: cells ``head``, ``tail``, ``elements``, ``arrange``, ``otherwise``.

    Args:
        rules: a JWST rule set.
        form: the cells of a row of a rule table.
        members: columns of exposures with the label of their ``target``.
        answers: those of the tables to each case.
        rows: of members.
    """
    names, _ = _name_form(
        _list_parts(rules, members), list_first(rules), read_form({**form, "keys": ""}), members, answers, rows
    )
    return names


def _list_parts(rules: Rules, members: Columns) -> Parts:
    """Return the parts of names; the candidate stands in place of the observation where candidates are asked for."""
    parts = _read_parts(rules)
    return {**parts, "observation": parts["candidate"]} if "candidate" in members else parts


def read_form(cells: Mapping[str, str]) -> Form:
    """Return the form of a name; elements that are not sorted stand in the head and the tail one by one.

    Args:
        cells: those of ``FORM``, by column.

    Raises:
        RuleError: elements that have ``elements`` among them.
    """
    elements, keys = cells["elements"].split(), cells["keys"].split()
    if "elements" in elements:
        raise RuleError(f"elements {cells['elements']!r}: the word 'elements' stands for them, and is none of them")
    head, tail = cells["head"].split(), cells["tail"].split()
    if cells["arrange"] != "sorted":
        head, tail = (
            [word for each in half for word in (elements if each == "elements" else [each])] for half in (head, tail)
        )
    return Form(tuple(head), tuple(tail), tuple(elements), cells["otherwise"], tuple(keys))


def _name_form(
    parts: Parts, open_: Open, form: Form, members: Columns, answers: Columns, rows: Positions
) -> tuple[Cells, Cells]:
    """Return the names and the keys of rows whose names have one form."""
    apart = close_words(open_, form.keys, pick_closed(members, answers, form.keys, rows))
    apart += [answers["naming"][members["case"][rows]]] if "naming" in answers else []
    apart += [members["candidate"][rows]] if "candidate" in members else []
    key = _join_key(apart, len(rows))
    gathered = {word.upper(): None for word in form.keys if word not in members}
    written = (*form.elements, *form.head, *form.tail)
    columns = dict.fromkeys(parts[word].column for word in written if not parts[word].text)
    used = {c: pick(members[c], rows) for c in {**columns, **gathered} if c != "elements"}
    used = {c: replace_open(members, c, cells, rows) for c, cells in used.items()}
    heads = (parts[word].column for word in form.head)
    of_head = [used[c] for c in heads if c in used and c not in gathered]
    used |= {c: _gather_words([*of_head, key], used[c]) for c in gathered}
    order = [c for c in columns if c != "elements"]
    codes, first = number_rows([used[c] for c in order] or [np.zeros(len(rows))])
    words = {c: _read_words(used[c], first) for c in order}
    single = (words.get(parts[word].column) or [parts[word].text] * len(first) for word in form.elements)
    elements = list(zip(*single, strict=True))
    sorted_ = {own: _sort_elements(own, form.otherwise) for own in set(elements)}
    words["elements"] = [sorted_[own] for own in elements] or [form.otherwise] * len(first)
    head, tail = (_write_parts([parts[word] for word in half], words, len(first)) for half in (form.head, form.tail))
    names = [(start + _begin_tail(end)).lower() for start, end in zip(head, tail, strict=True)]
    return make_cells(names)[codes], key


def _read_words(words: Any, rows: Positions) -> list[str]:
    """Return some words of a column, blank where missing."""
    if isinstance(words, pd.Categorical):
        words, rows = make_cells([*words.categories, ""]), words.codes[rows]
    return [word if isinstance(word, str) else "" for word in pick(words, rows).tolist()]


def _sort_elements(elements: Sequence[str], otherwise: str) -> str:
    """Return elements in alphabetical order, joined with ``-``; ``otherwise`` where there is none."""
    return "-".join(sorted(filter(None, elements), key=str.lower)) or otherwise


def _begin_tail(tail: str) -> str:
    """Return the tail of a name with ``_`` in place of its first ``-``."""
    return f"_{tail[1:]}" if tail.startswith("-") else tail


def _write_parts(parts: Sequence[_Part], words: Mapping[str, list[str]], count: int) -> list[str]:
    """Return the parts of each name, one behind the other; each distinct word is written once."""
    columns = []
    for part in parts:
        own = words.get(part.column) or [""] * count
        written = {word: part.write(word) for word in set(own)}
        columns.append([written[word] for word in own])
    return ["".join(row) for row in zip(*columns, strict=True)] if columns else [""] * count


def _join_key(apart: Sequence[Any], count: int) -> Cells:
    """Return the values of each row as one text."""
    if not apart:
        return np.full(count, "", dtype=object)
    codes, first = number_rows(apart)
    rows = zip(*(pick(column, first).tolist() for column in apart), strict=True)
    return make_cells(_BETWEEN.join("" if pd.isna(cell) else str(cell) for cell in row) for row in rows)[codes]


def _gather_words(shared: Sequence[Any], words: Any) -> Cells:
    """Return, for rows with a word, all words of the rows with the same cells in the shared columns, joined with ``-``.

    Two words of one class are one to a key; both of them stand in the one name. The words are sorted.
    """
    sets = number_rows(shared).codes
    pairs = list(zip(sets.tolist(), words.tolist(), strict=True))
    of_set: dict[int, set[str]] = {}
    for number, word in pairs:
        if isinstance(word, str):
            of_set.setdefault(number, set()).add(word)
    joined = {number: "-".join(sorted(of)) for number, of in of_set.items()}
    return make_cells(joined[number] if isinstance(word, str) else None for number, word in pairs)


def identify_products(members: Columns) -> dict[str, Any]:
    """Return ``product`` and ``product_id`` of each row: its name with #2, #3 … where it serves several groups or keys.

    Args:
        members: columns of exposures with ``product``, ``group`` and ``key``.

    >>> rows = {"product": ["p", "p", None], "group": ["tac", "image", None], "key": ["", "", None]}
    >>> identify_products({column: make_cells(words) for column, words in rows.items()})["product_id"].tolist()
    ['p#2', 'p', None]
    """
    columns = [members[column] for column in ("product", "group", "key")]
    codes, first = number_rows(columns)
    rows = list(zip(*(list_words(pick(column, first)) for column in columns), strict=True))
    names = [row[0] for row in rows]
    ids, counts, repeats = list(names), Counter(names), Counter[str]()
    for i in sorted((i for i, name in enumerate(names) if name is not None and counts[name] > 1), key=rows.__getitem__):
        name = str(names[i])
        repeats[name] += 1
        ids[i] = name if repeats[name] == 1 else f"{name}#{repeats[name]}"
    product = make_words(names, codes)
    return {"product": product, "product_id": product if ids == names else make_words(ids, codes)}
