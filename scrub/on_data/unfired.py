"""Rules that decide nothing for a table: no row of it matches them."""

from pathlib import Path

import pandas as pd

from scrub.files.table_files import Track, untracked
from scrub.on_data.registry import find_base, find_pipeline
from scrub.pipeline.reasons import list_unfired
from scrub.tables import Finding, Rules, locate, rule_files, ruleset
from scrub.tables.decide import OWN
from scrub.tables.lint.check import show_paths


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
    findings = list_never_fired(newest, find_base(location), source, track=track)
    if len(location.folders) > 1:
        own = {rule for sheet in sheets if OWN in sheet.rows for rule in sheet.rows.loc[sheet.rows[OWN] == 1, "rule"]}
        findings = [finding for finding in findings if finding.rule in own]
    return show_paths(findings, location, sheets)


def list_never_fired(
    rules: Rules, base: str, source: pd.DataFrame | str | Path, *, track: Track = untracked
) -> list[Finding]:
    """Return the rows of a rule set that decide nothing for a table.

    They are rows of the tables that decide on exposures, fold words or give codes; the work grows with the distinct
    cases.

    Args:
        rules: a rule set.
        base: the shipped rule set that it is a version of.
        source: a frame, or what the pipeline's command takes as INPUT.
        track: wraps the iteration over steps, to show progress.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> print(list_never_fired(rules, "jwst", jwst.example(rules))[0])
    archive_filters.csv:2: never-fired: prefix=NI, pupil=first: no row of the table matches it
    """
    pipeline = find_pipeline(base)
    fired, names = pipeline.list_fired(rules, pipeline.trace(rules, source, track=track))
    return [
        Finding.at(rule, "never-fired", f"{case}: no row of the table matches it")
        for rule, case in list_unfired(rules, fired, names)
    ]
