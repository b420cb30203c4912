"""Rules that decide nothing for a table: no row of it matches them."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from scrub.files import urls
from scrub.files.table_files import Track, list_torn, untracked
from scrub.on_data.registry import find_base, find_pipeline
from scrub.pipeline.reasons import list_unfired
from scrub.tables import Finding, Rules, locate, rule_files, ruleset
from scrub.tables.lint.check import show_paths
from scrub.tables.rows import OWN


def find_unfired(
    name: str | Path, source: pd.DataFrame | str | Path, *, base: str = "jwst", track: Track = untracked
) -> list[Finding]:
    """Return the rows of a rule set's newest edition that decide nothing for a table; of an overlay, its own rows.

    Args:
        name: a rule set that ships, or a folder: see ``tables.read``.
        source: a frame, or what the pipeline's command takes as INPUT.
        base: the rule set that a folder is a version of, where its name does not say.
        track: wraps the iteration over steps, to show progress.

    Raises:
        SourceError: nothing there to read.

    >>> from scrub import jwst
    >>> [finding.kind for finding in find_unfired("jwst", jwst.example(jwst.read_rules()))][:1]
    ['never-fired']
    """
    location = locate.locate(name, base)
    sheets = rule_files.load(location)
    newest = ruleset.build(location.name, sheets, ruleset.editions(sheets)[-1]).rules
    pipeline = find_pipeline(find_base(location))
    run = pipeline.trace(newest, source, track=track)
    findings = list_never_fired(newest, *pipeline.list_fired(newest, run))
    if len(location.folders) > 1:
        own = {rule for sheet in sheets if OWN in sheet.rows for rule in sheet.rows.loc[sheet.rows[OWN] == 1, "rule"]}
        findings = [finding for finding in findings if finding.rule in own]
    unread = [] if isinstance(source, pd.DataFrame) else list_unread(Path(source), run.rejected)
    return [*unread, *show_paths(findings, location, sheets)]


def list_never_fired(rules: Rules, fired: Sequence[str], names: Sequence[str]) -> list[Finding]:
    """Return the rows of a rule set that decide nothing for a table.

    They are rows of the tables that decide on exposures, fold words or give codes.

    Args:
        rules: a rule set.
        fired: the rows that decide something.
        names: the tables whose every row may.

    >>> from scrub import tables
    >>> print(list_never_fired(tables.read("jwst"), [], ["archive_filters"])[0])
    archive_filters.csv:2: never-fired: prefix=NI, pupil=first: no row of the table matches it
    """
    return [
        Finding.at(rule, "never-fired", f"{case}: no row of the table matches it")
        for rule, case in list_unfired(rules, fired, names)
    ]


def list_unread(source: Path, rejected: pd.DataFrame) -> list[Finding]:
    """Return the lines and files of an input that could not be read: no rule could match them.

    Args:
        source: the table or folder.
        rejected: the rejects of a run on it.

    >>> from scrub.frames.rejects import reject
    >>> row = reject(pd.DataFrame({"what": ["e1"]}), "table", "a line of fewer than 3 cells", "", ["line 7: e1"])
    >>> print(*list_unread(Path("t.csv"), row))
    t.csv:7: file: a line of fewer than 3 cells: 'e1'
    """
    files = rejected[rejected["stage"] == "files"].to_dict("records")
    return [
        *(Finding(str(source), number, "file", f"{reason}: {text!r}") for number, reason, text in list_torn(rejected)),
        *(Finding(_name_file(source, row["what"]), 1, "file", row["reason"]) for row in files),
    ]


def _name_file(source: Path, name: str) -> str:
    """Return the path of a file of a folder; a URL is whole as it is."""
    return name if urls.is_url(name) else str(source / name)
