"""Groups: which Level-3 product each exposure belongs to, what it is called, and by which rule."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from scrub import columns, sky
from scrub.jwst.names import named
from scrub.jwst.targets import labels
from scrub.rejects import Fault, Split, set_aside
from scrub.stages import stage
from scrub.tables import Rules

_STAGE = "jwst/members"
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
    cases, codes = columns.distinct(exposures, _asked(rules))
    decided = decide(rules, cases)
    told = decided[["CHANNEL", "group", "rule", "scale", "width", "height"]].take(codes).set_axis(exposures.index)
    frame = exposures.assign(case=codes, **told)
    frame = frame.assign(**_fiducials(rules, frame))
    frame, rejected = set_aside(frame, _STAGE, _faults(rules, frame))
    frame = frame.assign(target=labels(rules, frame, decided))
    frame = frame.assign(**named(rules, frame, decided))
    return Split(frame[[*exposures.columns, "group", "product_id", "product", "rule", *_MEASURED]], rejected)


def _asked(rules: Rules) -> list[str]:
    """Return the keywords that the tables ask for, in their order."""
    conditions = {name.upper() for table in rules.tables.values() for name in table.conditions}
    folded = {row["keyword"] for name in ("classes", "channels") for row in rules[name].records()}
    return [row["keyword"] for row in rules["keywords"].records() if row["keyword"] in conditions | folded]


def decide(rules: Rules, cases: pd.DataFrame) -> pd.DataFrame:
    """Return what the tables say of each distinct case: group, the words of its name, channel and scale.

    ``group`` is missing where a rule leaves the case out; ``rule`` is the row that decided.
    """
    visit = rules["visit_types"].answer(cases[["VISITYPE"]].fillna("NONE").rename(columns=str.lower))
    tso = cases["TSOVISIT"].map({True: "true", False: "false"})
    kind = rules["exposure_types"].answer(pd.DataFrame({"exp_type": cases["EXP_TYPE"], "tsovisit": tso}))
    detector = cases["DETECTOR"].fillna("NONE")
    channel = cases["CHANNEL"].fillna(rules["channels"].fold("DETECTOR", detector).replace("NONE", None))
    filled = cases.assign(CHANNEL=channel)
    classes = {c.lower(): rules["classes"].fold(c, filled[c].fillna("NONE")) for c in _classed(rules)}
    facts = filled.rename(columns=str.lower).assign(**classes, wfsc=visit["wfsc"])
    facts = facts.assign(group=kind["group"], naming=kind["naming"], order=kind["order"])
    makes = facts[kind["group"] != "none"]
    named = rules["product_names"].answer(makes)
    elements = rules["elements"].answer(makes)["elements"]
    scales = rules["pixel_scales"].answer(facts)[["scale", "width", "height"]].replace("", "nan").astype("float64")
    decided = kind[["target"]].assign(visit=visit["visit"], CHANNEL=channel, elements=elements, **scales)
    decided = decided.join(named[["head", "tail"]])
    rule = kind["rule"].mask(kind["group"] != "none", named["rule"].reindex(kind.index))
    made = named.index[named["product"] == "true"]
    return decided.assign(group=kind.loc[made, "group"].reindex(kind.index), rule=rule)


def _classed(rules: Rules) -> list[str]:
    return list(rules["classes"].rows["keyword"].unique())


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
