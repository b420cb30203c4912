"""Why an exposure is in its product: each rule row that fired for it, and the header value that it read."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from scrub.jwst.exposures import band_facts
from scrub.jwst.groups import cases_of, decide
from scrub.pipeline.reasons import Reason, folded, keyed, reason
from scrub.tables import Rules


def reasons(rules: Rules, exposures: pd.DataFrame, bands: pd.Series) -> list[list[Reason]]:
    """Return, for each exposure, the rule rows that decided on it, in the order in which they were asked.

    Args:
        rules: a JWST rule set.
        exposures: under the contract ``jwst/exposures``; few, or distinct ones: the work grows with their number.
        bands: FILTER as their headers, or the archive's export, had it: in the same order, under any index.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> exposures = jwst.exposures(rules, jwst.example(rules)).head(1)
    >>> [r.table for r in reasons(rules, exposures, exposures["FILTER"])[0]][:4]
    ['archive_filters', 'channels', 'classes', 'classes']
    """
    cases, codes = cases_of(rules, exposures)
    decided, fired = decide(rules, cases)
    facts = band_facts(rules, exposures.assign(FILTER=bands.array))
    answered = rules["archive_filters"].answer(facts)["rule"]
    found = []
    for place, (case, (_, row)) in enumerate(zip(codes, exposures.iterrows(), strict=True)):
        told = [reason(rules["archive_filters"], answered.iloc[place], f"FILTER={_word(bands.iloc[place])}")]
        told += _of_case(rules, row, decided.iloc[case], fired.iloc[case])
        found.append(told)
    return found


def _of_case(rules: Rules, row: pd.Series, decided: pd.Series, fired: pd.Series) -> Iterator[Reason]:
    """Yield the rows that fired for one exposure."""
    if pd.isna(row["CHANNEL"]):
        yield from folded(rules["channels"], "DETECTOR", _word(row["DETECTOR"]))
    for keyword in rules["classes"].rows["keyword"].unique():
        word = decided["CHANNEL"] if keyword == "CHANNEL" else row[keyword]
        yield from folded(rules["classes"], keyword, _word(word))
    for table in rules.in_turn():
        if pd.notna(fired[table.name]):
            read = ", ".join(f"{column}={decided[column]}" for column in table.conditions)
            yield reason(table, str(fired[table.name]), read)
    if pd.isna(decided["group"]):
        return
    for identity in rules["identities"].records():
        if identity["identity"] == decided["identity"]:
            words = identity["keywords"].split()
            yield reason(rules["identities"], identity["rule"], ", ".join(f"{k}={row[k]}" for k in words))
    yield from keyed(rules["groups"], decided["group"], f"group={decided['group']}")
    for part in f"{decided['head']} {decided['tail']}".replace("elements", str(decided["elements"])).split():
        keyword = rules["name_parts"].column("keyword")[part]
        yield from keyed(rules["name_parts"], part, f"{keyword}={_word(row[keyword])}" if keyword else part)


def _word(value: Any) -> str:
    return "NONE" if pd.isna(value) else str(value)
