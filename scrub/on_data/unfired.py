"""Rows that decide nothing for a table: no case of it reaches them."""

from pathlib import Path

import pandas as pd

from scrub import hst_cal, hst_svm
from scrub.files.table_files import untracked
from scrub.jwst.groups import cases_of
from scrub.jwst.reasons import reasons
from scrub.on_data.explain import Track, run
from scrub.pipeline.reasons import unfired, words_of
from scrub.tables import Finding, Rules, locate, rule_files, ruleset
from scrub.tables.lint.check import from_here


def find_unfired(
    name: str | Path, source: pd.DataFrame | str | Path, *, base: str = "jwst", track: Track = untracked
) -> list[Finding]:
    """Return the rows of a rule set's newest edition that decide nothing for a table; of an overlay, its own rows.

    >>> from scrub import jwst
    >>> [f.kind for f in find_unfired("jwst", jwst.example(jwst.read_rules()))][:1]
    ['never-fired']
    """
    place = locate.locate(name, base)
    found = rule_files.load(place)
    newest = ruleset.build(place.name, found, ruleset.editions(found)[-1]).rules
    findings = never_fired(newest, place.base, source, track=track)
    own = {
        rule
        for sheet in found
        if rule_files.OWN in sheet.rows
        for rule in sheet.rows.loc[sheet.rows[rule_files.OWN] == 1, "rule"]
    }
    return from_here([f for f in findings if len(place.folders) == 1 or f.place in own], place, found)


def never_fired(
    rules: Rules, base: str, source: pd.DataFrame | str | Path, *, track: Track = untracked
) -> list[Finding]:
    """Return the rows that decide nothing for a table: no case of it reaches them.

    Of the tables that decide on exposures, fold words or give codes; the work grows with the distinct cases.

    >>> from scrub import jwst, tables
    >>> rules = tables.read("jwst")
    >>> print(never_fired(rules, "jwst", jwst.example(rules))[0])
    archive_filters.csv:2: never-fired: prefix=NI, pupil=first: no row of the table reaches it
    """
    if base.startswith("hst"):
        pipeline = hst_cal if base == "hst_cal" else hst_svm
        answer = pipeline.run(source, rules=rules, track=track)
        raw = (answer.datasets if isinstance(answer, hst_cal.Answer) else answer.raw).reset_index()
        fired, asked = list(words_of(rules, raw)), ["abbreviations", "encodings"]
    else:
        ran = run(rules, source, track=track)
        _, codes = cases_of(rules, ran.exposures)
        bands = ran.bands.reindex(ran.exposures["exposure"]).reset_index(drop=True)
        first = ~pd.DataFrame({"case": codes, "band": bands}).duplicated().to_numpy()
        told = reasons(rules, ran.exposures[first], bands[first])
        fired = [*(r for rows in told for r in rows), *words_of(rules, ran.products)]
        asked = [*dict.fromkeys(r.table for r in fired), *(t.name for t in rules.in_turn())]
    seen = [r.rule for r in fired]
    named = [name for name in dict.fromkeys(asked) if name != "features"]
    return [
        Finding(rule, "never-fired", f"{case}: no row of the table reaches it")
        for rule, case in unfired(rules, seen, named)
    ]
