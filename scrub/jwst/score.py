"""Scores: predicted groups of exposures held against the groups that the observatory made.

A group is a set of exposures inside one pool. Groups of the same exposures count once and keep all their names.
Names are compared as ``score_names.csv`` writes them: targets and sources masked, what is filled in later left out.
"""

import re
from collections.abc import Iterable
from functools import reduce
from statistics import NormalDist

import numpy as np
import pandas as pd

from scrub.frames import columns
from scrub.frames.cells import TEXT
from scrub.tables import Rules
from scrub.tables.findings import RuleError

ALL = "all"
COUNTED = ("exact", "pairs", "exposures", "names", "products")
SIDES = ("predicted", "true")
MISMATCHES = ["kind", "pool", "exp_type", "predicted", "true", "members"]
_GROUP = ["pool", "product", "group"]

Step = tuple[frozenset[str], re.Pattern[str], str]


def add_types(rows: pd.DataFrame, known: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return rows with the ``exp_type`` of their exposure, in upper case: of the first table that has it.

    Args:
        rows: a row an exposure of a group: pool, exposure and more.
        known: tables of exposure and exp_type; with a column ``pool``, for that pool only.

    Returns:
        The rows with ``exp_type``; ``UNKNOWN`` where no table has the exposure.

    Raises:
        ValueError: one table gives an exposure two types.

    >>> rows = pd.DataFrame({"pool": "p", "exposure": ["a", "b"]})
    >>> add_types(rows, [pd.DataFrame({"exposure": ["a"], "exp_type": ["nrc_image"]})])["exp_type"].tolist()
    ['NRC_IMAGE', 'UNKNOWN']
    """
    types = pd.Series(None, index=rows.index, dtype=TEXT)
    for table in known:
        keys = [key for key in ("pool", "exposure") if key in table]
        plain = table.assign(exp_type=table["exp_type"].str.upper())[[*keys, "exp_type"]]
        plain = plain[plain["exp_type"] != ""].drop_duplicates()
        for row in plain[plain.duplicated(keys)].to_dict("records"):
            raise ValueError(f"exposure {row['exposure']!r} has two exposure types, {row['exp_type']!r} is one of them")
        own = rows[keys].merge(plain, on=keys, how="left")["exp_type"]
        types = types.fillna(own.set_axis(rows.index))
    return rows.assign(exp_type=types.fillna("UNKNOWN"))


def add_roles(rules: Rules, rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose members that are no science are named ``role:exposure``, with the type of the science.

    A member that is a product in turn, such as a direct image, is named as products are compared.

    Args:
        rules: a rule set, for the table ``score_names``.
        rows: a row a member of a group: pool, product, group, exposure, exptype, exp_type.
    """
    own = rows[rows["exptype"] == "science"].drop_duplicates(_GROUP).set_index(_GROUP)["exp_type"]
    types = pd.Series(own.reindex(pd.MultiIndex.from_frame(rows[_GROUP])).to_numpy(), index=rows.index, dtype=TEXT)
    other = rows["exptype"] != "science"
    names = rows["exptype"] + ":" + write_canonical(rules, rows["exposure"], rows["exp_type"])
    return rows.assign(exposure=rows["exposure"].mask(other, names), exp_type=types.fillna("UNKNOWN"))


def write_canonical(rules: Rules, products: pd.Series, exp_types: pd.Series) -> pd.Series:
    """Return names as they are compared; exposure types decide which steps of ``score_names`` are taken.

    Args:
        rules: a rule set with the table ``score_names``.
        products: names.
        exp_types: the exposure type of each.

    Raises:
        RuleError: a pattern or replacement of the table is not a regular expression.

    >>> from scrub import jwst
    >>> names = pd.Series(["jw01018-o006_t12_miri_ch1-short", "jw01018-o006_{source_id}_niriss_f115w-gr150c"])
    >>> write_canonical(jwst.read_rules(), names, pd.Series(["MIR_MRS", "NIS_WFSS"])).tolist()
    ['jw01018-o006_X_miri', 'jw01018-o006_X_niriss_f115w-gr150c']
    """
    return _apply_steps(_read_steps(rules["score_names"].records()), products, exp_types)


def _read_steps(rows: Iterable[dict[str, str]]) -> list[Step]:
    """Return rows of ``score_names`` as steps, in their order."""
    steps = []
    for row in sorted(rows, key=lambda row: int(row["step"])):
        try:
            pattern = re.compile(row["pattern"])
            pattern.sub(row["replacement"], "")
        except (re.error, IndexError) as error:
            raise RuleError(f"{row['rule']}: pattern: {error}: {row['pattern']!r}") from None
        steps.append((frozenset(row["exp_type"].split("|")), pattern, row["replacement"]))
    return steps


def _apply_steps(steps: list[Step], products: pd.Series, exp_types: pd.Series) -> pd.Series:
    """Return names after some steps; the work grows with the number of distinct names."""
    cases, codes = columns.distinct(pd.DataFrame({"product": products, "exp_type": exp_types}), ["product", "exp_type"])

    def write(name: str, exp_type: str) -> str:
        own = ((pattern, text) for types, pattern, text in steps if types & {"*", exp_type})
        return reduce(lambda before, step: step[0].sub(step[1], before, count=1), own, name)

    lower = cases["product"].str.strip().str.lower()
    names = [write(name, exp_type) for name, exp_type in zip(lower, cases["exp_type"], strict=True)]
    return pd.Series(names, dtype=TEXT).take(codes).set_axis(products.index)


def compare(rules: Rules, predicted: pd.DataFrame, true: pd.DataFrame) -> pd.DataFrame:
    """Return every group of both sides, and which of them have the same members.

    Groups whose names a merging step of ``score_names`` makes one are one group; of the true ones, those whose names
    it changes.

    Args:
        rules: a rule set, for the table ``score_names``.
        predicted: a row an exposure of a group: pool, product, group (differs between groups of one name),
            exposure, exp_type (as ``add_types`` gives it).
        true: the same.

    Returns:
        A row a group: side (``predicted``, ``true``), pool, product, name (canonical), exp_type (the most
        frequent of its members; of equally frequent ones that of the first exposure), members (a
        sorted tuple), set (a number, the same for groups of one pool with the same members).
    """
    sides = {
        "predicted": _form_groups(rules, predicted, guessed=True),
        "true": _form_groups(rules, true, guessed=False),
    }
    both = pd.concat([groups.assign(side=side) for side, groups in sides.items()], ignore_index=True)
    return both.assign(set=both.groupby(["pool", "members"], sort=False).ngroup())


def _form_groups(rules: Rules, rows: pd.DataFrame, *, guessed: bool) -> pd.DataFrame:
    """Return a row a group: pool, product, name, exp_type, members."""
    rows = _number_groups(rows[[*_GROUP, "exposure", "exp_type"]])
    merging = [row for row in rules["score_names"].records() if row["merge"] == "true"]
    kinds = {word for row in merging for word in row["exp_type"].split("|")}
    short = _apply_steps(_read_steps(merging), rows["product"], rows["kind"])
    joins = (short != rows["product"].str.strip().str.lower()) | (guessed & (rows["kind"].isin(kinds) | ("*" in kinds)))
    merged = rows.assign(product=rows["product"].mask(joins, short), group=rows["group"].mask(joins, "merged"))
    rows = _number_groups(merged)
    rows = rows.assign(name=write_canonical(rules, rows["product"], rows["kind"])).sort_values(["key", "exposure"])
    grouped = rows.groupby("key", sort=False)
    groups = grouped[["pool", "product", "name", "kind"]].first().rename(columns={"kind": "exp_type"})
    return groups.assign(members=grouped["exposure"].agg(tuple)).reset_index(drop=True)


def _number_groups(rows: pd.DataFrame) -> pd.DataFrame:
    """Return each exposure of a group once, with the group's number ``key`` and its exposure type ``kind``."""
    rows = rows.drop_duplicates([*_GROUP, "exposure"], ignore_index=True)
    rows = rows.assign(key=rows.groupby(_GROUP, sort=False).ngroup())
    return rows.assign(kind=rows["key"].map(columns.commonest(rows, "key", "exp_type", first="exposure")))


def score(compared: pd.DataFrame) -> pd.DataFrame:
    """Return how many groups, pairs, exposures and names agree, for each exposure type and for all.

    Counted are, of each type's groups: ``exact``, sets of members; ``pairs``, two exposures in one group;
    ``exposures``, those in any group; ``names``, of the exact groups those whose names agree; ``products``,
    names wherever they stand.

    Args:
        compared: as ``compare`` gives it.

    Returns:
        A row for each exp_type and counted: tp, predicted, true, precision, recall and f1 with the ends of Wilson's
        95 % intervals (``precision_low`` …); missing where nothing was there to count. The intervals
        take what is counted for independent, which pairs of one group are not.

    >>> from scrub import jwst
    >>> rows = pd.DataFrame({"pool": "", "product": "p", "group": "", "exposure": ["a", "b"], "exp_type": "NRC_IMAGE"})
    >>> score(compare(jwst.read_rules(), rows, rows)).set_index(["exp_type", "counted"]).loc[("all", "exact"), "f1"]
    np.float64(1.0)
    """
    sets = compared.drop_duplicates(["side", "set"])
    items = {
        "exact": sets.assign(item=sets["set"]),
        "pairs": _list_pairs(sets),
        "exposures": _list_exposures(sets),
        "names": _list_names(compared),
        "products": compared.assign(item=compared.groupby(["pool", "name"]).ngroup()),
    }
    kinds = pd.Index([ALL, *sorted(compared["exp_type"].unique())], name="exp_type")
    counts = pd.concat({counted: _count(own).reindex(kinds, fill_value=0) for counted, own in items.items()})
    counts = counts.rename_axis(["counted", "exp_type"]).reset_index()
    order = pd.MultiIndex.from_product([kinds, COUNTED], names=["exp_type", "counted"])
    counts = counts.set_index(["exp_type", "counted"]).loc[order].reset_index()
    return counts.assign(
        **_rate("precision", counts["tp"], counts["predicted"]),
        **_rate("recall", counts["tp"], counts["true"]),
        f1=2 * counts["tp"] / (counts["predicted"] + counts["true"]).replace(0, np.nan),
    )


def _list_exposures(sets: pd.DataFrame) -> pd.DataFrame:
    """Return a row an exposure of a set: side, set, exp_type, and the number of the exposure as ``item``."""
    rows = sets[["side", "set", "exp_type", "pool", "members"]].explode("members")
    return rows.assign(item=rows.groupby(["pool", "members"]).ngroup())


def _list_pairs(sets: pd.DataFrame) -> pd.DataFrame:
    """Return a row a pair of exposures of a set: side, exp_type, and the number of the pair as ``item``."""
    rows = _list_exposures(sets)
    count = int(rows["item"].max()) + 1 if len(rows) else 1
    whole = rows.groupby(["side", "set"], sort=False)["item"].agg(lambda items: np.sort(items.to_numpy()).tolist())
    halves = [(np.asarray(items), np.triu_indices(len(items), 1)) for items in whole]
    pairs = [items[left] * count + items[right] for items, (left, right) in halves]
    kinds = rows.groupby(["side", "set"], sort=False)[["exp_type"]].first().reset_index()
    kinds = kinds.astype({"side": "category", "exp_type": "category"})
    repeated = kinds.loc[np.repeat(kinds.index, [len(items) for items in pairs])]
    return repeated.assign(item=np.concatenate([*pairs, np.empty(0, dtype="int64")]).astype("int64"))


def _list_names(compared: pd.DataFrame) -> pd.DataFrame:
    """Return the sets that both sides have, once a side; ``item`` is the same on both sides where a name agrees."""
    shared = compared[_is_shared(compared)]
    once = shared.drop_duplicates(["side", "set"])
    agree = once["set"].isin(_find_named_alike(shared))
    side = once["side"].mask(agree, "both")
    return once.assign(item=once.assign(side=side).groupby(["side", "set"]).ngroup())


def _is_shared(compared: pd.DataFrame) -> "pd.Series[bool]":
    """Return which groups have a set that both sides have."""
    on_side = {side: compared["set"].isin(compared.loc[compared["side"] == side, "set"]) for side in SIDES}
    return on_side["predicted"] & on_side["true"]


def _find_named_alike(shared: pd.DataFrame) -> pd.Series:
    """Return the sets of which both sides have a name in common."""
    names = shared.drop_duplicates(["side", "set", "name"])
    sides = names.groupby(["set", "name"])["side"].transform("size")
    return names.loc[sides == len(SIDES), "set"]


def _count(items: pd.DataFrame) -> pd.DataFrame:
    """Return for each exp_type, and ``all``, how many distinct items both sides have, and each."""
    counts = {}
    for kind, rows in [(ALL, items), *items.groupby("exp_type", observed=True)]:
        guess, held = (pd.unique(rows.loc[rows["side"] == side, "item"]) for side in SIDES)
        counts[kind] = [int(np.isin(guess, held, assume_unique=True, kind="sort").sum()), len(guess), len(held)]
    return pd.DataFrame.from_dict(counts, orient="index", columns=["tp", *SIDES])


def _rate(name: str, hits: pd.Series, count: pd.Series) -> dict[str, pd.Series]:
    low, high = wilson(hits, count)
    return {name: hits / count.replace(0, np.nan), f"{name}_low": low, f"{name}_high": high}


def wilson(hits: pd.Series, count: pd.Series, *, level: float = 0.95) -> tuple[pd.Series, pd.Series]:
    """Return the ends of Wilson's score interval for a proportion; missing where the count is 0.

    Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209.

    Args:
        hits: how often it happened.
        count: of how many.
        level: of confidence.

    >>> low, high = wilson(pd.Series([9]), pd.Series([10]))
    >>> round(low[0], 4), round(high[0], 4)
    (np.float64(0.5958), np.float64(0.9821))
    """
    z2 = NormalDist().inv_cdf((1 + level) / 2) ** 2
    n = count.replace(0, np.nan).astype("float64")
    middle = (hits + z2 / 2) / (n + z2)
    half = np.sqrt(z2 * (hits * (n - hits) / n + z2 / 4)) / (n + z2)
    return (middle - half).clip(lower=0), (middle + half).clip(upper=1)


def mismatches(compared: pd.DataFrame) -> pd.DataFrame:
    """Return the groups that differ, in order: kind, pool, exp_type, predicted, true, members.

    Kinds: ``extra``, predicted only; ``missed``, true only; ``name``, the same members under other names. ``predicted``
    and ``true`` are the names of the products, ``members`` the exposures, with blanks between.
    """
    names = compared.drop_duplicates(["set", "side", "product"]).sort_values("product")
    joined = {side: names[names["side"] == side].groupby("set")["product"].agg(" ".join) for side in SIDES}
    shared = compared[_is_shared(compared)]
    differ = set(shared["set"]) - set(_find_named_alike(shared))
    sets = compared.drop_duplicates("set").set_index("set")
    sets = sets.assign(**{side: joined[side].reindex(sets.index) for side in SIDES})
    kind = pd.Series("same", index=sets.index, dtype=TEXT)
    kind = kind.mask(sets["true"].isna(), "extra").mask(sets["predicted"].isna(), "missed")
    kind = kind.mask(sets.index.isin(list(differ)), "name")
    rows = sets.assign(kind=kind, members=sets["members"].map(" ".join))[MISMATCHES].fillna("")
    return rows[kind != "same"].sort_values(MISMATCHES, ignore_index=True)
