"""The folder of a run as a report reads it: its ledger, its tables, and whether they are as the run left them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub import tables
from scrub.contracts.ledger import Ledger
from scrub.files import run_folder
from scrub.files.table_files import SourceError, read_table
from scrub.on_data.registry import Pipeline, find_base, find_pipeline
from scrub.pipeline import stamp, verify
from scrub.tables import Rules, locate


class SavedRun(NamedTuple):
    """A run as it is saved: its folder, ledger and tables (cells as their files have them).

    ``problems`` says what is not as the run left it, or cannot be read.
    """

    folder: Path
    ledger: Ledger
    tables: dict[str, pd.DataFrame]
    problems: list[str]

    @property
    def rules(self) -> str:
        """The name of the rule set of the run."""
        return str(self.ledger.get("rules", ""))

    def parts(self) -> dict[str, dict[str, int]]:
        """Return the parts of the ledger that add up: what came in, then what became of it."""
        return {
            name: part
            for name, part in self.ledger.items()
            if isinstance(part, dict) and part and all(type(number) is int and number >= 0 for number in part.values())
        }


def read_run(folder: Path) -> SavedRun:
    """Return the run in a folder; a table that is gone or broken is a problem, and no table.

    Args:
        folder: what ``--out`` named.

    Raises:
        SourceError: no ledger of a run is there.

    >>> read_run(Path("no-such-folder"))
    Traceback (most recent call last):
    scrub.files.table_files.SourceError: no-such-folder: no ledger.json with the outputs of a run: give the folder that --out named
    """  # noqa: E501
    ledger = run_folder.read_ledger(folder)
    outputs = run_folder.list_outputs(ledger)
    if not outputs:
        raise SourceError(f"{folder}: no ledger.json with the outputs of a run: give the folder that --out named")
    problems = verify.verify(folder).changes
    frames: dict[str, pd.DataFrame] = {}
    for name in dict.fromkeys(map(_name_table, outputs)):
        if not name.endswith(verify.TABLES):
            continue
        try:
            frame, torn = read_table(folder / name)
        except SourceError as error:
            problems.append(str(error))
            continue
        problems += [f"{folder / name}: {len(torn)} torn line(s)"] if len(torn) else []
        frames[Path(name).stem] = frame.loc[:, ~frame.columns.duplicated()]
    return SavedRun(folder, ledger, frames, problems)


def _name_table(output: str) -> str:
    """Return the table that an output is: of a file of a dataset, its folder."""
    table, inside, _ = output.partition("/")
    return table if not inside or table.endswith(".parquet") else output


class Known(NamedTuple):
    """The rules at hand, the pipeline that runs them, and how they differ from those of a run: blank if they do not."""

    rules: Rules
    pipeline: Pipeline
    differences: list[str]


def know_rules(run: SavedRun, name: str | None = None, edition: str | None = None) -> Known:
    """Return the rules of a run, or those that are named in their place.

    Args:
        run: a run.
        name: a rule set, or a folder; that of the run unless one is named.
        edition: that of the run unless one is named.

    Raises:
        NoSuchRulesError: the rules of the run do not ship, and none are named.
    """
    if name is None and run.rules not in locate.sets():
        raise tables.NoSuchRulesError(
            f"the run is of the rules {run.rules!r}, which do not ship: name their folder by --rules"
        )
    location = locate.locate(name or run.rules)
    base = find_base(location)
    pipeline = find_pipeline(base)
    wanted = edition or (str(run.ledger.get("edition", "")) or None)
    rules = tables.read(name or run.rules, edition=wanted, base=base)
    return Known(rules, pipeline, list(_list_differences(rules, pipeline, run)))


def _list_differences(rules: Rules, pipeline: Pipeline, run: SavedRun) -> Iterator[str]:
    """Yield how the rules and contracts at hand differ from those of a run."""
    try:
        stamp.demand(rules, pipeline.saved.folder, stamp.from_ledger(run.ledger))
    except stamp.StampError as error:
        yield from error.differences


def list_new_words(ledger: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the new words of a ledger: keyword, word, instrument, number of exposures.

    Args:
        ledger: of a run.

    >>> list_new_words({"new_words": [{"keyword": "PUPIL", "word": "F2", "INSTRUME": "NIRISS", "exposures": 2}, 7]})
    [{'keyword': 'PUPIL', 'word': 'F2', 'instrument': 'NIRISS', 'exposures': 2}]
    """
    names = {"keyword": "keyword", "word": "word", "instrument": "INSTRUME", "exposures": "exposures"}
    words = ledger.get("new_words")
    rows = [row for row in words if isinstance(row, Mapping)] if isinstance(words, list) else []
    return [{name: row.get(key, "") for name, key in names.items()} for row in rows]
