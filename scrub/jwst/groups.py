"""Groups: which Level-3 product each exposure belongs to, what it is called, and by which rule."""

import numpy as np
import pandas as pd

from scrub import columns, sky
from scrub.contracts import Split, reject, stage
from scrub.jwst.targets import labels
from scrub.tables import Rules

_STAGE = "jwst/members"
_ASKED = [
    "EXP_TYPE", "TSOVISIT", "VISITYPE", "INSTRUME", "DETECTOR", "FILTER", "PUPIL", "GRATING", "SUBARRAY", "CHANNEL",
]  # fmt: skip
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
    cases, codes = columns.distinct(exposures, _ASKED)
    decided = decide(rules, cases).take(codes).set_axis(exposures.index)
    frame = exposures.assign(**{name: decided[name] for name in ("CHANNEL", "group", "rule", *_MEASURED[2:])})
    measured = decided["group"].map(rules["groups"].column("offsets")) == "true"
    frame = frame.assign(**_fiducials(rules, frame[measured]).reindex(frame.index))
    frame, rejected = _set_aside(frame, measured)
    makes = frame.index[frame["group"].notna()]
    target = labels(rules, frame.loc[makes], decided.loc[makes, ["target", "visit"]])
    words = decided.loc[makes, ["head", "tail", "elements"]]
    frame = frame.assign(product=_names(rules, frame.loc[makes].assign(target=target, **words)))
    return Split(frame.assign(product_id=product_ids(frame)), rejected)


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


def _fiducials(rules: Rules, frame: pd.DataFrame) -> pd.DataFrame:
    """Return where exposures point: the first pair of keywords, or polygon, that their group names and they have."""
    found = pd.DataFrame({"fiducial_ra": np.nan, "fiducial_dec": np.nan}, index=frame.index)
    for name, pairs in rules["groups"].column("fiducial").items():
        own = frame[frame["group"] == name]
        for pair in pairs.split():
            lacking = own[found.loc[own.index].isna().any(axis=1)]
            ra, _, dec = pair.partition("/")
            told = lacking[[ra, dec]] if dec else sky.polygon_middle(lacking[ra])
            found.loc[lacking.index] = told.where(told.notna().all(axis=1), np.nan).to_numpy()
    return found


def _set_aside(frame: pd.DataFrame, measured: "pd.Series[bool]") -> Split:
    """Return the rows that can be measured or need not be, and why the others cannot."""
    told = []
    for column, low, high in (("fiducial_ra", 0, 360), ("fiducial_dec", -90, 90)):
        value = frame[column]
        lost = frame[measured[frame.index] & ~value.between(low, high)]
        missing = lost[column].isna()
        reason = np.where(missing, "points nowhere: no fiducial, no S_REGION", f"outside {low}..{high}")
        told.append(reject(lost, _STAGE, reason.tolist(), column, lost[column]))
        frame = frame.drop(index=lost.index)
    lost = frame[measured[frame.index] & frame["scale"].isna()]
    told.append(reject(lost, _STAGE, "no pixel scale: the channel is not known", "CHANNEL", lost["CHANNEL"]))
    return Split(frame.drop(index=lost.index), pd.concat(told, ignore_index=True))


def _names(rules: Rules, frame: pd.DataFrame) -> "pd.Series[str]":
    """Return product names: the parts that ``head`` and ``tail`` list, blank ones left out, in lower case.

    The tail begins with ``_`` in place of its first ``-``.
    """
    parts = rules["name_parts"].rows.to_dict("records")
    used = ["target", "head", "tail", "elements", *{p["keyword"]: 0 for p in parts if p["keyword"]}]
    cases, codes = columns.distinct(frame, used)
    said = {part["part"]: _said(part, cases) for part in parts}
    names = pd.Series("", index=cases.index)
    for (head, tail, elements), rows in cases.groupby(["head", "tail", "elements"], sort=False):
        words = tail.replace("elements", elements).split()
        start = _joined(said, head.split(), rows.index)
        end = _joined(said, words, rows.index)
        names[rows.index] = start + end.str.replace("^-", "_", regex=True)
    return names.str.lower().take(codes).set_axis(frame.index)


def _said(part: dict[str, str], cases: pd.DataFrame) -> "pd.Series[str]":
    """Return what a part of a name says for each case, with what stands before it; blank where nothing."""
    fixed = pd.Series(part["text"], index=cases.index, dtype="str")
    word = fixed if part["text"] else cases[part["keyword"] or part["part"]].fillna("")
    word = word.mask(word.isin(part["omit"].split("|")), "")
    kept = word.str[: int(part["first"])] if part["first"] else word
    return (part["before"] + kept).where(kept != "", "")


def _joined(said: dict[str, pd.Series], words: list[str], index: pd.Index) -> "pd.Series[str]":
    joined = pd.Series("", index=index, dtype="str")
    for word in words:
        joined = joined + said[word][index]
    return joined


def product_ids(frame: pd.DataFrame) -> "pd.Series[str]":
    """Return the name of each row's product, with #2, #3 … where one name serves several groups.

    >>> product_ids(pd.DataFrame({"product": ["p", "p", "q"], "group": ["tac", "image", "spec"]})).tolist()
    ['p#2', 'p', 'q']
    """
    pairs = frame[["product", "group"]].dropna().drop_duplicates().sort_values(["product", "group"])
    place = pairs.groupby("product").cumcount()
    pairs = pairs.assign(product_id=pairs["product"] + ("#" + (place + 1).astype("str")).where(place > 0, ""))
    return frame[["product", "group"]].merge(pairs, how="left")["product_id"].set_axis(frame.index)
