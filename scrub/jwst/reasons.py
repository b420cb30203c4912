"""Why an exposure is in its product: each rule row that fired for it, and the header value that it read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from scrub.contracts.stage import chain
from scrub.files.table_files import Track, untracked
from scrub.frames.rejects import arrange, join
from scrub.jwst.exposures import find_band_facts
from scrub.jwst.groups import decide, find_cases
from scrub.jwst.inputs import load
from scrub.jwst.names import FORM, read_form
from scrub.jwst.pipeline import steps
from scrub.pipeline.reasons import Explained, Reason, Run, cite, cite_features, cite_fold, cite_key
from scrub.tables import Rules

_ENDS = ["product_id", "rule", "lacking"]


def trace(rules: Rules, source: pd.DataFrame | str | Path, *, track: Track = untracked) -> Run:
    """Return every frame of the JWST pipeline for an input.

    Args:
        rules: a JWST rule set.
        source: a frame, a table file or a folder of FITS files.
        track: wraps the iteration over steps, to show progress.
    """
    read = load(rules, source, track=track)
    frames, aside = chain(steps(rules), read.headers, track=track)
    _, members, products, features = frames
    members = members.reindex(columns=[*members.columns, *(c for c in _ENDS if c not in members)])
    rejected = arrange(join([read.rejected, aside]))
    raw, encoded = products.set_index("product_id", drop=False), features.set_index("product_id")
    own = encoded[list(rules["features"].rows["feature"])]
    return Run(read.headers, frames, members, raw, own, rejected, read.exposures)


def cite_exposures(rules: Rules, exposures: pd.DataFrame, bands: pd.Series, *, reading: str = "") -> list[list[Reason]]:
    """Return, for each exposure, the rule rows that decided on it, in the order in which their tables are asked.

    Args:
        rules: a JWST rule set.
        exposures: under the contract ``jwst/exposures``; few, or distinct ones: the work grows with their number.
        bands: FILTER as their headers, or the archive's export, had it: in the same order, under any index.
        reading: a word of ``further_products``, for what the exposures make beside the first product.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> exposures = jwst.exposures(rules, jwst.example(rules)).head(1)
    >>> [r.table for r in cite_exposures(rules, exposures, exposures["FILTER"])[0]][:4]
    ['archive_filters', 'channels', 'classes', 'classes']
    """
    cases, codes = find_cases(rules, exposures)
    answers, fired = decide(rules, cases, reading=reading)
    facts = find_band_facts(rules, exposures.assign(FILTER=bands.array))
    band_rules = rules["archive_filters"].answer(facts)["rule"]
    reasons = []
    for position, (case, (_, row)) in enumerate(zip(codes, exposures.iterrows(), strict=True)):
        band = cite(rules["archive_filters"], band_rules.iloc[position], f"FILTER={_word(bands.iloc[position])}")
        reasons.append([band, *_cite_case(rules, row, answers.iloc[case], fired.iloc[case])])
    return reasons


def _cite_case(rules: Rules, row: pd.Series, answers: pd.Series, fired: pd.Series) -> Iterator[Reason]:
    """Yield the rows that fired for one exposure."""
    if pd.isna(row["CHANNEL"]):
        yield from cite_fold(rules["channels"], "DETECTOR", _word(row["DETECTOR"]))
    for keyword in rules["classes"].rows["keyword"].unique():
        word = answers["CHANNEL"] if keyword == "CHANNEL" else row[keyword]
        yield from cite_fold(rules["classes"], keyword, _word(word))
    for name, rule in fired.items():
        if pd.notna(rule):
            table = rules[str(name)]
            read = ", ".join(f"{column}={answers[column]}" for column in table.conditions)
            yield cite(table, str(rule), read)
    if pd.isna(answers["group"]):
        return
    for identity in rules["identities"].records():
        if identity["identity"] == answers["identity"]:
            words = identity["keywords"].split()
            yield cite(rules["identities"], identity["rule"], ", ".join(f"{k}={row[k]}" for k in words))
    yield from cite_key(rules["groups"], answers["group"], f"group={answers['group']}")
    for part in _list_parts(answers):
        keyword = rules["name_parts"].column("keyword")[part]
        yield from cite_key(rules["name_parts"], part, f"{keyword}={_word(row[keyword])}" if keyword else part)


def _list_parts(answers: pd.Series) -> Iterator[str]:
    """Yield the parts of the name of an exposure's product; elements that are sorted are a part, and so is each."""
    form = read_form({column: str(answers.get(column) or "") for column in FORM})
    for part in (*form.head, *form.tail):
        yield part
        if part == "elements":
            yield from form.elements


def _word(value: Any) -> str:
    return "NONE" if pd.isna(value) else str(value)


def explain_members(rules: Rules, run: Run, name: str) -> list[Explained]:
    """Return why exposures are in their product: those of one product, or one exposure.

    Exposures on which the same rows decided are explained once.

    Args:
        rules: a JWST rule set.
        run: what ``trace`` gave.
        name: of an exposure or a product.
    """
    members, exposures = run.members, run.steps[0]
    wanted = (members["exposure"] == name) | (members["product_id"] == name) | (members["product"] == name)
    own = exposures.merge(members.loc[wanted, ["exposure", *_ENDS]], on="exposure")
    keys = own[_ENDS].assign(case=find_cases(rules, own)[1])
    bands = list_bands(run)
    explained = []
    for _, alike in keys.groupby(list(keys), sort=False, dropna=False):
        first = own.iloc[alike.index[:1]]
        row = first.iloc[0]
        more = f" (and {len(alike) - 1} more exposures)" if len(alike) > 1 else ""
        reading = find_reading(rules, first, str(row["rule"]))
        reasons = cite_exposures(rules, first, bands.reindex(first["exposure"]), reading=reading)[0]
        if row["rule"] not in [reason.rule for reason in reasons]:
            table = rules[str(row["rule"]).rpartition("/")[2].partition(".csv")[0]]
            reasons.append(cite(table, row["rule"], "all exposures of its product"))
        reasons.sort(
            key=lambda reason: reason.rule != row["rule"]
        )  # what named the product, or left it out, comes first
        explained.append(Explained(f"{row['exposure']}{more}", _describe_end(row), reasons))
    return explained


def find_reading(rules: Rules, exposure: pd.DataFrame, rule: str) -> str:
    """Return in which reading a rule decided on an exposure; blank if in the first, or in none.

    Args:
        rules: a JWST rule set.
        exposure: one row, under the contract ``jwst/exposures``.
        rule: that decided, as ``file:line``.
    """
    cases, _ = find_cases(rules, exposure)
    words = ("", *rules.lists["reading"]) if "further_products" in rules.tables else ()
    return next((word for word in words if decide(rules, cases, reading=word).answers.loc[0, "rule"] == rule), "")


def list_bands(run: Run) -> pd.Series:
    """Return FILTER of each exposure as it came in.

    Args:
        run: what ``trace`` gave.
    """
    return run.inputs.drop_duplicates("exposure").set_index("exposure")["FILTER"]


def _describe_end(row: pd.Series) -> str:
    """Return what became of an exposure."""
    if pd.notna(row["product_id"]):
        return f"in {row['product_id']}"
    if pd.notna(row.get("lacking")):
        return f"undecided: {row['rule']} needs {row['lacking']}"
    return f"left out by {row['rule']}"


def list_fired(rules: Rules, run: Run) -> tuple[list[str], list[str]]:
    """Return the rules that fired in a run, and the tables whose every row may fire; each distinct case counts once.

    Args:
        rules: a JWST rule set.
        run: what ``trace`` gave.
    """
    exposures = run.steps[0]
    _, codes = find_cases(rules, exposures)
    bands = list_bands(run).reindex(exposures["exposure"]).reset_index(drop=True)
    first = ~pd.DataFrame({"case": codes, "band": bands}).duplicated().to_numpy()
    reasons = [reason for own in cite_exposures(rules, exposures[first], bands[first]) for reason in own]
    reasons += cite_features(rules, run.raw)
    names = dict.fromkeys([*(r.table for r in reasons), *(table.name for table in rules.in_turn())])
    return [reason.rule for reason in reasons], [name for name in names if name != "features"]
