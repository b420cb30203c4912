"""The report of a run: one page that shows what came in, what became of it, and why."""

import math
from collections.abc import Hashable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub.frames.cells import as_text
from scrub.report import charts, render, sky_svg
from scrub.report.fired import list_fired
from scrub.report.kept import Result, hold_tables
from scrub.report.pictures import draw_products
from scrub.report.saved_run import Known, SavedRun, know_rules, list_new_words, read_run

MOST_ROWS = 10_000  # of a table that the page lists
MOST_PICTURES, MOST_FOOTPRINTS = 60, 5_000  # of the sky


class Listing(NamedTuple):
    """A table as the page lists it: its columns, its first rows, how many there are, which columns are numbers."""

    name: str
    columns: list[str]
    rows: list[list[str]]
    total: int
    numbers: list[bool]


class Report(NamedTuple):
    """A page, and whether everything that it checked was good."""

    page: str
    good: bool


def report(folder: Path, *, rules: str | None = None, edition: str | None = None) -> Report:
    """Return the report of the run in a folder: a page that needs no other file and no network.

    Args:
        folder: what ``--out`` named.
        rules: a rule set or a folder, in place of that of the run.
        edition: of it, in place of that of the run.

    Raises:
        SourceError: no run is there.
        NoSuchRulesError: the rules of the run do not ship, and none are named.
        NoJinjaError: jinja2 is not installed.
    """
    run = read_run(folder)
    known = know_rules(run, rules, edition)
    results = hold_tables(run, known)
    typed = {result.table: result.typed for result in results}
    sound = {} if known.differences else {result.table: result.typed for result in results if not result.broken}
    rejected = run.tables.get("rejected", pd.DataFrame())
    listing = _list_results(run, known, typed.get(known.pipeline.saved.results, pd.DataFrame()))
    histograms = _draw_offsets(known, results)
    drawings = _draw_sky(known, sound)
    page = render.render(
        "report.html",
        style=("page.css", "report.css", "sky.css"),
        script=("report.js",),
        run=run,
        passed_over=_list_texts(run.ledger.get("not_looked_into")),
        differences=known.differences,
        stamp=_list_stamp(run),
        flows=[charts.draw_flow(name, part) for name, part in run.parts().items()],
        reasons=_count_reasons(rejected),
        rejected=_list_rows(rejected, "rejects", list(rejected.columns)),
        results=results,
        new_words=list_new_words(run.ledger),
        fired=list_fired(known, sound),
        histograms=histograms,
        drawings=drawings,
        listing_=listing,
        sections=_list_sections(listing.name, offsets=bool(histograms), sky=bool(drawings)),
    )
    return Report(page, not run.problems and not any(result.broken for result in results))


def _list_sections(results: str, *, offsets: bool, sky: bool) -> list[tuple[str, str]]:
    """Return the parts of the page: where each begins, and its title."""
    return [
        ("state", "State"),
        ("ledger", "Ledger"),
        ("rejects", "Rejects"),
        ("contracts", "Contracts"),
        ("words", "New words"),
        *([("offsets", "Offsets")] if offsets else []),
        *([("sky", "On the sky")] if sky else []),
        ("rules", "Rules that fired"),
        ("results", results.capitalize()),
    ]


def _list_texts(value: Any) -> list[str]:
    """Return the texts of a list of a ledger; none where it is no list."""
    return [str(text) for text in value] if isinstance(value, list) else []


def _list_stamp(run: SavedRun) -> dict[str, str]:
    """Return what the ledger says of where a run comes from."""
    ledger, fingerprint = run.ledger, run.ledger.get("fingerprint")
    own: Mapping[str, Any] = fingerprint if isinstance(fingerprint, Mapping) else {}
    given = ledger.get("input")
    stamp = {
        "rule set": ledger.get("rules"),
        "edition": ledger.get("edition"),
        "words without a code": ledger.get("handle_unknown"),
        "run": ledger.get("run"),
        "fingerprint of rules and contracts": own.get("all"),
        "number of the code": own.get("code"),
        "SHA-256 of the input": given.get("sha256") if isinstance(given, Mapping) else None,
    }
    return {name: str(value) for name, value in stamp.items() if value is not None}


def _count_reasons(rejected: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Return how many rows were rejected at each stage for each reason, with an example; the most first."""
    if not {"what", "stage", "reason", "column", "value"} <= set(rejected.columns):
        return []
    by = rejected.fillna("").astype(str).groupby(["stage", "reason", "column"], sort=True)
    counted = by.agg(number=("what", "size"), what=("what", "first"), value=("value", "first")).reset_index()
    return counted.sort_values("number", ascending=False, kind="stable").to_dict("records")


def _draw_offsets(known: Known, results: list[Result]) -> list[charts.Histogram]:
    """Return the distributions of the offsets of a run, where its products have any."""
    saved = known.pipeline.saved
    for result in results:
        if result.table == saved.results and "group" in result.typed and not result.broken:
            return charts.draw_histograms(result.typed, saved.offsets)
    return []


def _draw_sky(known: Known, sound: Mapping[str, pd.DataFrame]) -> list[sky_svg.Drawing]:
    """Return the drawings of the first products of a run: so many, or fewer if they have very many footprints."""
    exposures, products = sound.get("exposures"), sound.get("products")
    if exposures is None or products is None:
        return []
    names = products["product_id"].head(MOST_PICTURES).tolist()
    drawings: list[sky_svg.Drawing] = []
    footprints = 0
    for picture in draw_products(known, exposures, products, names).values():
        footprints += picture.exposures
        if drawings and footprints > MOST_FOOTPRINTS:
            break
        drawings.append(sky_svg.lay_out(picture))
    return drawings


def _list_results(run: SavedRun, known: Known, main: pd.DataFrame) -> Listing:
    """Return the products or data sets of a run, with the rule that named each and whether it has features."""
    saved = known.pipeline.saved
    shown = [column for column in (saved.shown or main.columns) if column in main]
    name = str(main.columns[0]) if len(main.columns) else ""
    extra = {}
    members = run.tables.get("members")
    if members is not None and {name, "rule"} <= set(members.columns):
        extra["rule"] = main[name].map(members.drop_duplicates(name).set_index(name)["rule"])
    if name:
        featured = {word for table in _find_features(run) for word in table.iloc[:, 0]}
        extra["features"] = main[name].isin(featured).map({True: "yes", False: "none"})
    return _list_rows(main.assign(**extra), saved.results.replace("_", " "), [*shown, *extra])


def _find_features(run: SavedRun) -> Iterator[pd.DataFrame]:
    return (table for name, table in run.tables.items() if name.partition("-")[0] == "features" and len(table.columns))


def _list_rows(frame: pd.DataFrame, name: str, columns: list[str]) -> Listing:
    """Return the first rows of a table as text."""
    first = frame[columns].head(MOST_ROWS)
    texts = [[_write_cell(cell) for cell in first[column].tolist()] for column in columns]
    rows = [list(row) for row in zip(*texts, strict=True)]
    return Listing(name, columns, rows, len(frame), [_is_number(cells) for cells in texts])


def _write_cell(cell: Any) -> str:
    """Return a cell as text; a fraction to six digits."""
    return f"{cell:.6g}" if isinstance(cell, float) and not math.isnan(cell) else as_text(cell)


def _is_number(cells: list[str]) -> bool:
    """Return whether all cells that are filled are numbers."""
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(cell.replace(".", "").replace("-", "").isdigit() for cell in filled)
