"""Summaries: what a person sees of an answer or of rules, a line at a prompt and a small table in a notebook."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from html import escape
from typing import Any

import pandas as pd

from scrub.frames import printable


def write_line(name: str, parts: Iterable[str]) -> str:
    r"""Return a summary as one line, whatever stands in its parts.

    Args:
        name: of the class.
        parts: what it has.

    >>> write_line("Rules", ["my\nrules", "edition 3"])
    'Rules(my\\u000arules, edition 3)'
    """
    return f"{name}({', '.join(map(printable.escape, parts))})"


def write_table(caption: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a summary as an HTML table, all of its text escaped.

    Args:
        caption: what the table is of.
        head: the names of its columns.
        rows: their cells; the first of each row names it.

    >>> write_table("a < b", ["frame"], [])
    '<table><caption>a &lt; b</caption><thead><tr><th scope="col">frame</th></tr></thead><tbody></tbody></table>'
    """
    columns = "".join(f'<th scope="col">{_write_html(name)}</th>' for name in head)
    lines = (
        f'<tr><th scope="row">{_write_html(first)}</th>'
        + "".join(f"<td>{_write_html(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return (
        f"<table><caption>{_write_html(caption)}</caption>"
        f"<thead><tr>{columns}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
    )


def _write_html(cell: object) -> str:
    return escape(printable.escape(str(cell)))


def show_answer(answer: Any) -> str:
    """Return what a run gave as one line: the rules, and how many rows each frame has.

    Args:
        answer: a NamedTuple of frames, mappings of frames, lists, and a ledger.

    >>> from scrub import jwst
    >>> jwst.run(jwst.example(jwst.read_rules()))
    Answer(rules jwst, edition 3, exposures 2, members 2, products 1, features image 1 spec 0 tac 0 fgs 0, rejected 0)
    """
    parts = [
        f"{name} {' '.join(f'{key} {len(part)}'.strip() for key, part in held)}" for name, held in _list_parts(answer)
    ]
    return write_line(type(answer).__name__, [*_name_rules(answer), *parts])


def show_answer_as_html(answer: Any) -> str:
    """Return what a run gave as an HTML table: a row for each frame or list, with its rows and columns.

    Args:
        answer: a NamedTuple of frames, mappings of frames, lists, and a ledger.
    """
    rows = (
        (f"{name} {key}".strip(), len(part), len(part.columns) if isinstance(part, pd.DataFrame) else "")
        for name, held in _list_parts(answer)
        for key, part in held
    )
    caption = ", ".join([type(answer).__name__, *_name_rules(answer)])
    return write_table(caption, ["what", "rows", "columns"], rows)


def _name_rules(answer: Any) -> list[str]:
    return [f"rules {answer.ledger['rules']}", f"edition {answer.ledger['edition']}"]


def _list_parts(answer: Any) -> Iterator[tuple[str, list[tuple[str, Sized]]]]:
    """Yield the name of each field of an answer with its frames, each by its key; a ledger has none."""
    for name, part in answer._asdict().items():
        if name != "ledger":
            yield name, list(part.items()) if isinstance(part, Mapping) else [("", part)]
