"""Groups: which Level-3 product each exposure belongs to, what it is called, and by which rule."""

from collections.abc import Iterator
from functools import reduce
from typing import NamedTuple

import numpy as np
import pandas as pd

from scrub.contracts.stage import stage
from scrub.frames import columns, sky
from scrub.frames.rejects import Fault, Split, set_aside
from scrub.jwst.joins import met
from scrub.jwst.names import named, product_ids
from scrub.jwst.targets import labels
from scrub.tables import Rules
from scrub.tables.decide import in_turn

_STAGE = "jwst/members"
_ROLES = ["role", "need", "lacking"]
_MEASURED = ["fiducial_ra", "fiducial_dec", "scale", "width", "height"]


@stage("jwst/exposures", _STAGE)
def group(rules: Rules, exposures: pd.DataFrame) -> Split:
    """Return which product each exposure belongs to, and by which rule.

    A missing CHANNEL is told from the DETECTOR. Where the group is measured, ``fiducial_ra`` and
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
    frame, _, rejected = grouped(rules, exposures)
    added = columns.keep(frame, ["group", "product_id", "product", "rule", *_ROLES, *_MEASURED])
    return Split(frame[[*exposures.columns, *added.columns]], rejected)


class Grouped(NamedTuple):
    """Exposures with their product, what the tables say of each ``case``, and the rows set aside."""

    members: pd.DataFrame
    decided: pd.DataFrame
    rejected: pd.DataFrame


def grouped(rules: Rules, exposures: pd.DataFrame) -> Grouped:
    """Return what ``group`` does, with the number of each exposure's case, and what the tables say of cases."""
    asked, codes = cases_of(rules, exposures)
    decided, _ = decide(rules, asked)
    kept = columns.keep(decided, ["CHANNEL", "group", "rule", "scale", "width", "height", *_ROLES])
    told = kept.take(codes).set_axis(exposures.index)
    frame = exposures.assign(case=codes, **told)
    frame = frame.assign(**_fiducials(rules, frame))
    frame, rejected = set_aside(frame, _STAGE, _faults(rules, frame))
    frame = frame.assign(target=labels(rules, frame, decided))
    frame = met(rules, frame.assign(**named(rules, frame, decided)), decided)
    return Grouped(frame.assign(product_id=product_ids(frame)), decided, rejected)


def cases_of(rules: Rules, exposures: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the distinct cases that the tables are asked of, and the number of each exposure's."""
    given = _given(rules, exposures)
    return columns.distinct(exposures.assign(**given), [*_asked(rules), *given])


def _given(rules: Rules, exposures: pd.DataFrame) -> dict[str, pd.Series]:
    """Return for each identity of a target, and each fact of ``given``, whether an exposure has all its keywords."""
    asked = [("identity", rules["identities"]), *(("fact", rules[name]) for name in ("given",) if name in rules.tables)]
    keywords = {row[key]: row["keywords"].split() for key, table in asked for row in table.records()}
    return {name: _flag(exposures[words].notna().all(axis=1)) for name, words in keywords.items()}


def _flag(values: pd.Series) -> pd.Series:
    return values.map({True: "true", False: "false"}).astype("str")


def _asked(rules: Rules) -> list[str]:
    """Return the keywords that the tables ask for, in their order."""
    conditions = {name.upper() for table in rules.tables.values() for name in table.conditions}
    folded = {row["keyword"] for name in ("classes", "channels") for row in rules[name].records()}
    return [row["keyword"] for row in rules["keywords"].records() if row["keyword"] in conditions | folded]


class Cases(NamedTuple):
    """Distinct cases with every answer, and for each table the row that answered."""

    decided: pd.DataFrame
    rules: pd.DataFrame


def decide(rules: Rules, cases: pd.DataFrame) -> Cases:
    """Return what the tables say of each distinct case, asked in their turn.

    ``group`` is missing where a rule leaves the case out or abstains; ``rule`` is the row that decided;
    ``lacking``, of rules that abstain, is what would have to be known.
    """
    detector = cases["DETECTOR"].fillna("NONE")
    channel = cases["CHANNEL"].fillna(rules["channels"].fold("DETECTOR", detector).replace("NONE", None))
    filled = cases.assign(CHANNEL=channel)
    flags = {str(c): _flag(cases[c]) for c in cases if pd.api.types.is_bool_dtype(cases[c].dtype)}
    words = {c: _words(filled[c]) for c in rules["classes"].rows["keyword"].unique()}
    classes = {c: rules["classes"].fold(c, values) for c, values in words.items()}
    asked = filled.astype("object").fillna("NONE").assign(**flags, **classes).rename(columns=str.lower)
    tables = rules.in_turn()
    facts, codes = columns.distinct(asked, asked.columns.intersection(_conditions(rules)).tolist())
    told, fired, makes, lacking = in_turn(tables, facts)
    making = [table.name for table in tables if table.leaves_out]
    ending = [table.name for table in tables if table.leaves_out or table.abstains]
    rule = _last(fired[making]).where(lacking.isna(), _last(fired[ending])).astype("str")
    scales = told[["scale", "width", "height"]].replace("", None).astype("float64")
    told = told.assign(**scales, group=told["group"].where(makes).astype("str"), rule=rule)
    told = told.assign(lacking=lacking) if ending != making else told
    decided, rows = (frame.take(codes).set_axis(cases.index) for frame in (told, fired))
    return Cases(decided.assign(CHANNEL=channel), rows)


def _conditions(rules: Rules) -> list[str]:
    """Return the conditions of the tables that are asked in turn."""
    return [condition for table in rules.in_turn() for condition in table.conditions]


def _last(fired: pd.DataFrame) -> pd.Series:
    """Return for each case the row of the last table that was asked."""
    return reduce(lambda last, column: last.fillna(fired[column]), fired.columns[-2::-1], fired.iloc[:, -1])


def _words(values: pd.Series) -> pd.Series:
    """Return values as the words that tables write: counts as digits, missing as NONE."""
    return values.astype("str").fillna("NONE")


def _measured(rules: Rules, frame: pd.DataFrame) -> pd.Series:
    return frame["group"].map(rules["groups"].column("offsets")) == "true"


def _fiducials(rules: Rules, frame: pd.DataFrame) -> pd.DataFrame:
    """Return where exposures point: the first pair of keywords, or polygon, that their group names and they have."""
    found = pd.DataFrame({"fiducial_ra": np.nan, "fiducial_dec": np.nan}, index=frame.index)
    groups = frame.loc[_measured(rules, frame), "group"]
    for name, pairs in rules["groups"].column("fiducial").items():
        lacking = groups.index[groups == name]
        for pair in pairs.split():
            ra, _, dec = pair.partition("/")
            told = frame.loc[lacking, [ra, dec]] if dec else sky.polygon_middle(frame.loc[lacking, ra])
            whole = told.notna().all(axis=1)
            found.loc[lacking[whole]] = told[whole].to_numpy()
            lacking = lacking[~whole]
    return found


def _faults(rules: Rules, frame: pd.DataFrame) -> Iterator[Fault]:
    """Yield what keeps exposures from being measured."""
    measured, region, channel = _measured(rules, frame), frame["S_REGION"], frame["CHANNEL"]
    for column, low, high in (("fiducial_ra", 0, 360), ("fiducial_dec", -90, 90)):
        value = frame[column]
        yield Fault(measured & value.isna() & region.notna(), "no polygon on the sky", "S_REGION", region)
        yield Fault(measured & value.isna(), "missing, and no S_REGION polygon either", column, value)
        yield Fault(measured & ~value.between(low, high), f"outside {low}..{high}", column, value)
    unscaled = measured & frame["scale"].isna()
    yield Fault(unscaled & channel.isna(), "missing, and DETECTOR does not tell it", "CHANNEL", channel)
    yield Fault(unscaled, "no pixel scale for this channel", "CHANNEL", channel)
