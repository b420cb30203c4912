"""Groups: which Level-3 product each exposure belongs to, what it is called, and by which rule."""

from collections.abc import Iterator
from functools import reduce
from typing import NamedTuple

import numpy as np
import pandas as pd

from scrub.contracts.stage import stage
from scrub.frames import columns, sky
from scrub.frames.rejects import Fault, Split, set_aside
from scrub.jwst.joins import drop_unmet
from scrub.jwst.names import identify_products, name_products
from scrub.jwst.targets import label_targets
from scrub.tables import Rules
from scrub.tables.decide import Decisions, in_turn

_STAGE = "jwst/members"
_ROLES = ["role", "need", "lacking"]
_MEASURES = ["scale", "width", "height"]
_MEASURED = ["fiducial_ra", "fiducial_dec", *_MEASURES]


@stage("jwst/exposures", _STAGE)
def group(rules: Rules, exposures: pd.DataFrame) -> Split:
    """Return which product each exposure belongs to, and by which rule.

    A missing CHANNEL follows from the DETECTOR. Where the group is measured, ``fiducial_ra`` and
    ``fiducial_dec`` (degrees) say where the exposure points, ``scale`` (arcsec), ``width`` and ``height``
    (pixels) what it covers; an exposure without them is rejected. An exposure that a rule leaves out
    keeps its row, with no product.

    Args:
        rules: a JWST rule set.
        exposures: one row an exposure, under the contract ``jwst/exposures``.

    Returns:
        The exposures with group, product_id, product, rule and the measures.

    Raises:
        ContractError: when called directly, if any row is rejected.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> group(rules, jwst.exposures(rules, jwst.example(rules))).loc[0, ["product", "rule"]].tolist()
    ['jw01018-o006_t1_niriss_clear-f200w', 'product_names.csv:2']
    """
    members, _, rejected = form_groups(rules, exposures)
    added = columns.keep(members, ["group", "product_id", "product", "rule", *_ROLES, *_MEASURED])
    return Split(members[[*exposures.columns, *added.columns]], rejected)


class Grouping(NamedTuple):
    """Exposures with their product, the answers of the tables to each ``case``, and the rows set aside."""

    members: pd.DataFrame
    answers: pd.DataFrame
    rejected: pd.DataFrame


def form_groups(rules: Rules, exposures: pd.DataFrame) -> Grouping:
    """Return what ``group`` does, with the number of each exposure's case and the answers to each case.

    Args:
        rules: a JWST rule set.
        exposures: one row an exposure, under the contract ``jwst/exposures``.
    """
    cases, codes = find_cases(rules, exposures)
    answers, _ = decide(rules, cases)
    kept = columns.keep(answers, ["CHANNEL", "group", "rule", *_MEASURES, *_ROLES])
    members = exposures.assign(case=codes, **kept.take(codes).set_axis(exposures.index))
    members = members.assign(**_find_fiducials(rules, members))
    members, rejected = set_aside(members, _STAGE, _find_faults(rules, members))
    members = members.assign(target=label_targets(rules, members, answers))
    members = members.assign(**name_products(rules, members, answers))
    members = drop_unmet(rules, members, answers)
    return Grouping(members.assign(product_id=identify_products(members)), answers, rejected)


def find_cases(rules: Rules, exposures: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the distinct cases that the tables are asked of, and the number of each exposure's.

    Args:
        rules: a JWST rule set.
        exposures: one row an exposure, under the contract ``jwst/exposures``.
    """
    facts = _find_facts(rules, exposures)
    return columns.distinct(exposures.assign(**facts), [*_list_keywords(rules), *facts])


def _find_facts(rules: Rules, exposures: pd.DataFrame) -> dict[str, pd.Series]:
    """Return for each identity of a target, and each row of ``facts``, whether an exposure has all its keywords."""
    sources = [("identity", "identities"), ("fact", "facts")]
    rows = [
        (row[key], row["keywords"]) for key, name in sources if name in rules.tables for row in rules[name].records()
    ]
    return {name: _write_flag(exposures[words.split()].notna().all(axis=1)) for name, words in rows}


def _write_flag(values: pd.Series) -> pd.Series:
    return values.map({True: "true", False: "false"}).astype("str")


def _list_conditions(rules: Rules) -> list[str]:
    """Return the columns that decide in the tables that are asked in turn."""
    tables = rules.in_turn()
    return [column for table in tables for column in (*table.conditions, *table.declaration.applies_to)]


def _list_keywords(rules: Rules) -> list[str]:
    """Return the keywords that the tables ask for, in their order."""
    conditions = {name.upper() for table in rules.tables.values() for name in table.conditions}
    conditions |= {name.upper() for name in _list_conditions(rules)}
    folded = {row["keyword"] for name in ("classes", "channels") for row in rules[name].records()}
    return [row["keyword"] for row in rules["keywords"].records() if row["keyword"] in conditions | folded]


class Answers(NamedTuple):
    """The answers of the tables to distinct cases, and for each table the row that answered."""

    answers: pd.DataFrame
    rules: pd.DataFrame


def decide(rules: Rules, cases: pd.DataFrame) -> Answers:
    """Return the answers of the tables, asked in their turn, to each distinct case.

    ``group`` is missing where a rule leaves the case out or cannot answer; ``rule`` is the row that decided;
    ``lacking``, of rules that may not be able to answer, is the keyword that they need.

    Args:
        rules: a JWST rule set.
        cases: distinct cases, as ``find_cases`` gives them.
    """
    filled = cases.assign(CHANNEL=_fill_channel(rules, cases))
    words = _write_words(rules, filled)
    facts, codes = columns.distinct(words, words.columns.intersection(_list_conditions(rules)).tolist())
    decisions = in_turn(rules.in_turn(), facts)
    answers = _read_answers(rules, decisions)
    answers, rows = (frame.take(codes).set_axis(cases.index) for frame in (answers, decisions.rules))
    return Answers(answers.assign(CHANNEL=filled["CHANNEL"]), rows)


def _fill_channel(rules: Rules, cases: pd.DataFrame) -> pd.Series:
    """Return CHANNEL; where a header has none, the one that follows from DETECTOR."""
    detector = cases["DETECTOR"].fillna("NONE")
    return cases["CHANNEL"].fillna(rules["channels"].fold("DETECTOR", detector).replace("NONE", None))


def _write_words(rules: Rules, cases: pd.DataFrame) -> pd.DataFrame:
    """Return cases as the words that tables write: flags true or false, open words folded to their classes."""
    flags = {str(c): _write_flag(cases[c]) for c in cases if pd.api.types.is_bool_dtype(cases[c].dtype)}
    keywords = rules["classes"].rows["keyword"].unique()
    classes = {c: rules["classes"].fold(c, cases[c].astype("str").fillna("NONE")) for c in keywords}
    return cases.astype("object").fillna("NONE").assign(**flags, **classes).rename(columns=str.lower)


def _read_answers(rules: Rules, decisions: Decisions) -> pd.DataFrame:
    """Return the answers to cases with the group that each makes, the rule that decided and the measures as numbers."""
    tables = [table.declaration for table in rules.in_turn()]
    making = [table.name for table in tables if table.leaves_out]
    ending = [table.name for table in tables if table.leaves_out or table.abstains]
    fired, lacking = decisions.rules, decisions.lacking
    rule = _find_last(fired[making]).where(lacking.isna(), _find_last(fired[ending])).astype("str")
    group_ = decisions.facts["group"].where(decisions.makes).astype("str")
    scales = decisions.facts[_MEASURES].replace("", None).astype("float64")
    answers = decisions.facts.assign(**scales, group=group_, rule=rule)
    return answers.assign(lacking=lacking) if ending != making else answers


def _find_last(fired: pd.DataFrame) -> pd.Series:
    """Return for each case the row of the last table that answered it."""
    return reduce(lambda last, column: last.fillna(fired[column]), fired.columns[-2::-1], fired.iloc[:, -1])


def _is_measured(rules: Rules, frame: pd.DataFrame) -> pd.Series:
    return frame["group"].map(rules["groups"].column("offsets")) == "true"


def _find_fiducials(rules: Rules, frame: pd.DataFrame) -> pd.DataFrame:
    """Return where exposures point: the first pair of keywords, or polygon, that their group names and they have."""
    fiducials = pd.DataFrame({"fiducial_ra": np.nan, "fiducial_dec": np.nan}, index=frame.index)
    groups = frame.loc[_is_measured(rules, frame), "group"]
    for name, pairs in rules["groups"].column("fiducial").items():
        lacking = groups.index[groups == name]
        for pair in pairs.split():
            ra, _, dec = pair.partition("/")
            angles = frame.loc[lacking, [ra, dec]] if dec else sky.polygon_middle(frame.loc[lacking, ra])
            whole = angles.notna().all(axis=1)
            fiducials.loc[lacking[whole]] = angles[whole].to_numpy()
            lacking = lacking[~whole]
    return fiducials


def _find_faults(rules: Rules, frame: pd.DataFrame) -> Iterator[Fault]:
    """Yield what keeps exposures from being measured."""
    measured, region, channel = _is_measured(rules, frame), frame["S_REGION"], frame["CHANNEL"]
    for column, low, high in (("fiducial_ra", 0, 360), ("fiducial_dec", -90, 90)):
        value = frame[column]
        yield Fault(measured & value.isna() & region.notna(), "no polygon on the sky", "S_REGION", region)
        yield Fault(measured & value.isna(), "missing, and no S_REGION polygon either", column, value)
        yield Fault(measured & ~value.between(low, high), f"outside {low}..{high}", column, value)
    unscaled = measured & frame["scale"].isna()
    yield Fault(unscaled & channel.isna(), "missing, and does not follow from DETECTOR", "CHANNEL", channel)
    yield Fault(unscaled, "no pixel scale for this channel", "CHANNEL", channel)
