"""Groups: which Level-3 product each exposure belongs to, what it is called, and by which rule."""

from collections.abc import Iterator
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.contracts.stage import stage
from scrub.frames import sky
from scrub.frames.arrays import Columns, count_rows, make_cells, make_frame, read_frame, take
from scrub.frames.columns import Positions
from scrub.frames.rejects import Fault, SplitColumns, Verdict, judge
from scrub.frames.sky import Floats
from scrub.jwst import candidates as of_candidates
from scrub.jwst.candidates import OBSERVATIONS
from scrub.jwst.cases import MEASURES, answer_cases, collect_cases, list_target_facts
from scrub.jwst.counts import count_keys
from scrub.jwst.joins import drop_unmet, is_served, list_served
from scrub.jwst.names import identify_products, name_products
from scrub.jwst.open_words import expand_open
from scrub.jwst.readings import ROLES, keep_rows, list_rows, read_cases, spread
from scrub.jwst.targets import label_targets
from scrub.tables import Rules
from scrub.tables.ask import Flags
from scrub.tables.rules import once

_STAGE = "jwst/members"
CIRCLE = "CIRCLE"  # an S_REGION that is one
_SHOWN = ("exposure", "candidate", "group", "product_id", "product", "rule", "role", "lacking")
_MEASURED = ("fiducial_ra", "fiducial_dec", *MEASURES)


@stage("jwst/exposures", _STAGE, columns=read_frame)
def group(rules: Rules, exposures: Columns, *, candidates: str = OBSERVATIONS) -> SplitColumns:
    """Return which product each exposure belongs to, and by which rule.

    A missing CHANNEL follows from the DETECTOR. Where the group is measured, ``fiducial_ra`` and
    ``fiducial_dec`` (degrees) say where the exposure points, ``scale`` (arcsec), ``width`` and ``height``
    (pixels) what it covers; an exposure without them is rejected. An exposure that a rule leaves out
    keeps its row, with no product. An exposure of a pool, which has no positions, keeps its product without measures.

    Args:
        rules: a JWST rule set.
        exposures: one row an exposure, under the contract ``jwst/exposures``.
        candidates: of what products are made: letters of ``oca``, for observations, candidates of the proposal, and
            what is discovered in the whole program. Beyond ``o`` there is a row for each exposure and product, and the
            column ``candidate``.

    Returns:
        The exposures with group, product_id, product, rule and the measures.

    Raises:
        ContractError: when called directly, if any row is rejected.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> group(rules, jwst.exposures(rules, jwst.example(rules))).loc[0, ["product", "rule"]].tolist()
    ['jw01018-o006_t1_niriss_clear-f200w', 'product_names.csv:2']
    """
    members, _, rejected = form_groups(rules, exposures, candidates=candidates)
    if candidates != OBSERVATIONS:
        members = of_candidates.keep_rows(members)
    elif count_rows(members) + len(rejected) > count_rows(exposures):
        members = keep_rows(members)
    served = filter(is_served, members)
    added = (
        c for c in ("candidate", "group", "product_id", "product", "rule", *ROLES, *served, *_MEASURED) if c in members
    )
    return SplitColumns({c: members[c] for c in dict.fromkeys([*exposures, *added])}, rejected)


def list_members(members: Columns) -> pd.DataFrame:
    """Return which product each exposure belongs to, and by which rule, without its keywords and measures.

    Args:
        members: columns, as ``group`` gives them.
    """
    shown = [*(name for name in _SHOWN if name in members), *filter(is_served, members)]
    return make_frame({name: members[name] for name in shown})


class Grouping(NamedTuple):
    """Exposures with their product, the answers of the tables to each ``case``, and the rows set aside."""

    members: dict[str, Any]
    answers: dict[str, Any]
    rejected: pd.DataFrame


def form_groups(rules: Rules, exposures: Columns, *, candidates: str = OBSERVATIONS) -> Grouping:
    """Return what ``group`` does, with the number of each exposure's case and the answers to each case.

    Args:
        rules: a JWST rule set.
        exposures: one row an exposure, the columns of the contract ``jwst/exposures``.
        candidates: as ``group`` takes them.
    """
    beyond = candidates != OBSERVATIONS
    if beyond:
        of_candidates.refuse(rules, exposures, candidates)
    cases, codes = collect_cases(rules, exposures)
    readings = read_cases(rules, cases) if beyond else of_candidates.keep_observed(rules, read_cases(rules, cases))
    rows, case = list_rows(readings, codes)
    added = {"case": case}
    if beyond:
        readings, rows, added = of_candidates.expand(rules, exposures, cases, readings, (rows, case), candidates)
    answers = readings.answers
    cells = exposures if len(rows) == len(codes) and not beyond else take(exposures, rows)
    cells = {**cells, **spread(answers, added["case"]), **added}
    cells = of_candidates.leave_out(cells) if beyond else cells
    cells |= _find_fiducials(rules, cells)
    faults = [*(of_candidates.find_faults(cells) if beyond else []), *_find_faults(rules, cells, answers)]
    clean, rejected = _judge(cells["exposure"], faults)
    cells = cells if clean.all() else take(cells, clean)
    cells["target"] = label_targets(rules, cells, answers)
    if beyond:
        cells["target"] = np.where(cells["label"] != "", cells["label"], cells["target"])
    cells |= count_keys(rules, cells, answers)
    cells = expand_open(rules, cells, answers)
    cells |= name_products(rules, cells, answers)
    cells = drop_unmet(rules, cells, answers, then=of_candidates.drop_few if beyond else None)
    cells |= identify_products(cells)
    cells |= list_served(rules, cells, answers)
    return Grouping(cells, answers, rejected)


def _judge(names: Any, faults: list[Fault]) -> Verdict:
    """Return which rows are of exposures without a fault in any of their rows, and an account of the exposures."""
    clean, rejected = judge(names, _STAGE, faults)
    if clean.all():
        return Verdict(clean, rejected)
    return Verdict(~np.isin(names, names[~clean]), rejected.drop_duplicates("what", ignore_index=True))


def find_cases(rules: Rules, exposures: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the distinct cases that the tables are asked of, and the number of each exposure's.

    Args:
        rules: a JWST rule set.
        exposures: one row an exposure, under the contract ``jwst/exposures``.
    """
    cells, codes = collect_cases(rules, read_frame(exposures))
    return make_frame(cells), codes


class Answers(NamedTuple):
    """The answers of the tables to distinct cases, and for each table the row that answered."""

    answers: pd.DataFrame
    rules: pd.DataFrame


def decide(rules: Rules, cases: pd.DataFrame, *, reading: str = "") -> Answers:
    """Return the answers of the tables, asked in their turn, to each distinct case.

    ``group`` is missing where a rule leaves the case out or cannot answer; ``rule`` is the row that decided;
    ``lacking``, of rules that may not be able to answer, is the keyword that they need.

    Args:
        rules: a JWST rule set.
        cases: distinct cases, as ``find_cases`` gives them.
        reading: a word of ``further_products``, for what the cases make beside the first product.
    """
    cells = {str(c): make_cells(w if isinstance(w, str) else None for w in cases[c].tolist()) for c in cases}
    answers, fired = answer_cases(rules, cells, reading=reading)
    return Answers(make_frame(answers, index=cases.index), make_frame(fired, index=cases.index))


class _Group(NamedTuple):
    """A group of products: its name, and the pairs of keywords (or the polygon) by which its exposures point."""

    name: str
    pairs: tuple[str, ...]


@once
def _list_measured(rules: Rules) -> tuple[_Group, ...]:
    """Return the groups that are measured."""
    rows = rules["groups"].records()
    return tuple(_Group(row["group"], tuple(row["fiducial"].split())) for row in rows if row["offsets"] == "true")


def _is_measured(rules: Rules, cells: Columns) -> Flags:
    group_, none = cells["group"], np.zeros(len(cells["group"]), dtype=bool)
    return reduce(np.logical_or, (group_ == measured.name for measured in _list_measured(rules)), none)


def _is_pointless(rules: Rules, cells: Columns, answers: Columns) -> Flags:
    """Return which exposures have a target that is given, as in pools, and no position at all."""
    pointless = np.zeros(len(cells["group"]), dtype=bool)
    for fact in list_target_facts(rules):
        pointless |= np.asarray(answers[fact][cells["case"]] == "true")
    words = {word for group_ in _list_measured(rules) for pair in group_.pairs for word in pair.split("/")}
    for word in words - {CIRCLE} if pointless.any() else ():
        pointless &= np.asarray(pd.isna(cells[word]))
    return pointless


def _find_fiducials(rules: Rules, cells: Columns) -> dict[str, Floats]:
    """Return where exposures point: the first pair of keywords, or polygon, that their group names and they have."""
    fiducials = np.full((2, len(cells["group"])), np.nan)
    for group_ in _list_measured(rules):
        lacking = np.flatnonzero(cells["group"] == group_.name)
        for pair in group_.pairs:
            if len(lacking):
                angles = _point_by(cells, pair, lacking)
                whole = ~np.isnan(angles).any(axis=0)
                fiducials[:, lacking[whole]] = angles[:, whole]
                lacking = lacking[~whole]
    return {"fiducial_ra": fiducials[0], "fiducial_dec": fiducials[1]}


def _point_by(cells: Columns, pair: str, rows: Positions) -> Floats:
    """Return right ascension and declination of some rows by a pair of keywords, by a polygon or by a circle."""
    ra, _, dec = pair.partition("/")
    if ra == CIRCLE:
        return np.stack(sky.find_centres(cells["S_REGION"][rows]))
    if not dec:
        return np.stack(sky.find_middles(cells[ra][rows]))
    return np.stack([np.asarray(cells[keyword], dtype="float64")[rows] for keyword in (ra, dec)])


def _find_faults(rules: Rules, cells: Columns, answers: Columns) -> Iterator[Fault]:
    """Yield what keeps exposures from being measured."""
    region, channel = cells["S_REGION"], cells["CHANNEL"]
    measured = _is_measured(rules, cells) & ~_is_pointless(rules, cells, answers)
    if not measured.any():
        return
    for column, low, high in (("fiducial_ra", 0, 360), ("fiducial_dec", -90, 90)):
        value = cells[column]
        missing = measured & np.isnan(value)
        yield Fault(missing & pd.notna(region), "no polygon on the sky", "S_REGION", region)
        yield Fault(missing, "missing, and no S_REGION polygon either", column, value)
        yield Fault(measured & ~((value >= low) & (value <= high)), f"outside {low}..{high}", column, value)
    unscaled = measured & np.isnan(cells["scale"])
    yield Fault(unscaled & pd.isna(channel), "missing, and does not follow from DETECTOR", "CHANNEL", channel)
    yield Fault(unscaled, "no pixel scale for this channel", "CHANNEL", channel)
