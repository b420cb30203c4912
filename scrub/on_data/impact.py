"""What a change of rules does to a table: which exposures, products and features change, and to what."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub.files.table_files import Track, untracked
from scrub.frames.cells import TEXT
from scrub.on_data.registry import find_pipeline
from scrub.pipeline.reasons import Run
from scrub.tables import Rules

PLACES = ("group", "role")
NAMED = ("product_id", "product", "group")  # columns of a product of several exposures, which other changes are about
RULES = "rules"  # the rows that answered, of a rule set of no telescope: their lines may move
COLUMNS = ["kind", "of", "name", "column", "was", "now", "old_rule", "new_rule"]


class Effects(NamedTuple):
    """Changes (kind, of, name, column, was, now, old_rule, new_rule), and how many of each thing there were."""

    changes: pd.DataFrame
    counts: dict[str, int]


def compare_runs(old: Run, new: Run) -> Effects:
    """Return what changes between two runs of one table.

    Of exposures: APPEND and REMOVE mean that they come into, or fall out of, the products. Of products, which are
    compared by their exposures: RENAME is the same exposures under another name; MERGE several whole products in
    one; REGROUP any other set of exposures. Of features: RENUMBER is another number for a product of the
    same exposures. Group and role of an exposure, and raw columns of a product of the same exposures, CHANGE. Rejects
    come (APPEND), go (REMOVE), or have another reason for the same column (CHANGE).

    Args:
        old: the run of one rule set.
        new: the run of another, on the same table.

    >>> members = pd.DataFrame({"exposure": ["a", "b"], "product_id": ["p", "q"], "product": ["p", "q"],
    ...                         "group": "image", "rule": "t.csv:2"})
    >>> none = pd.DataFrame()
    >>> run = Run(none, [], members, none, none, pd.DataFrame(columns=["what", "reason"]), 2)
    >>> one = run._replace(members=members.assign(product_id="r", product="r"))
    >>> compare_runs(run, one).changes[["kind", "of", "name"]].to_numpy().tolist()
    [['MERGE', 'product', 'r']]
    """
    both = _pair_exposures(old.members, new.members)
    links = _link_products(both)
    same = links[links["whole_old"] & links["whole_new"]]
    if old.members.empty and new.members.empty:
        names = old.features.index.union(new.features.index)
        same = pd.DataFrame({"old": names, "new": names})
    named = [RULES] if old.members.empty and new.members.empty else [*NAMED]
    before, after = (run.raw.drop(columns=named, errors="ignore") for run in (old, new))
    changes = pd.concat(
        [
            _list_exposures(both),
            _list_members(both),
            _list_products(both, links),
            _list_raw(before, after, same),
            _list_features(old.features, new.features, same),
            _list_rejects(old.rejected, new.rejected),
        ],
        ignore_index=True,
    )
    counts = {
        "rows": old.rows,
        "products before": int(both["product_id_old"].nunique()),
        "products after": int(both["product_id_new"].nunique()),
        "rejected before": len(old.rejected),
        "rejected after": len(new.rejected),
    }
    return Effects(changes.reindex(columns=COLUMNS, fill_value="").fillna("").astype(TEXT), counts)


def _pair_exposures(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return each exposure with its product before and after; exposures of one name are paired in their order."""
    kept = ["exposure", "product_id", "rule", *PLACES]
    sides = [side.reindex(columns=kept).assign(copy=side.groupby("exposure").cumcount()) for side in (old, new)]
    return sides[0].merge(sides[1], on=["exposure", "copy"], how="outer", suffixes=("_old", "_new"))


def _list_exposures(both: pd.DataFrame) -> pd.DataFrame:
    """Return exposures that come into the products, fall out of them, or are left out by another rule."""
    before, after = both["product_id_old"], both["product_id_new"]
    kind = pd.Series("", index=both.index).mask(before.isna() & after.notna(), "APPEND")
    kind = kind.mask(before.notna() & after.isna(), "REMOVE")
    changes = both.assign(kind=kind, of="exposure", name=both["exposure"], was=before, now=after, column="")
    return changes.rename(columns={"rule_old": "old_rule", "rule_new": "new_rule"}).loc[kind != "", COLUMNS]


def _list_members(both: pd.DataFrame) -> pd.DataFrame:
    """Return exposures of another group or role, among those that make products before and after."""
    kept = both.dropna(subset=["product_id_old", "product_id_new"])
    rows = kept.rename(columns={"exposure": "name", "rule_old": "old_rule", "rule_new": "new_rule"})
    parts = []
    for column in PLACES:
        was, now = rows[f"{column}_old"], rows[f"{column}_new"]
        own = rows.assign(kind="CHANGE", of="member", column=column, was=was, now=now)
        parts.append(own.loc[_differ(was, now), COLUMNS])
    return pd.concat(parts, ignore_index=True)


def _differ(was: pd.Series, now: pd.Series) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """Return which cells differ; two that are missing do not."""
    before, after = was.astype("object"), now.astype("object")
    same = (before == after) | (before.isna() & after.isna())
    return ~same.to_numpy(dtype=bool)


def _list_raw(old: pd.DataFrame, new: pd.DataFrame, same: pd.DataFrame) -> pd.DataFrame:
    """Return raw columns of products of the same exposures that are others: keywords and measures."""
    both = same[same["old"].isin(old.index) & same["new"].isin(new.index)]
    parts = [
        rows.astype(TEXT).assign(kind="CHANGE", of="raw column", column=column)
        for column, rows in _compare_cells(old, new, both)
    ]
    return pd.concat([pd.DataFrame(columns=COLUMNS), *parts], ignore_index=True)


def _compare_cells(old: pd.DataFrame, new: pd.DataFrame, both: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each column of two frames, with the rows of which it has another cell: their name, the cell was and now."""
    columns = list(dict.fromkeys([*old.columns, *new.columns]))
    before, after = (
        side.reindex(index=both[name], columns=columns).reset_index(drop=True)
        for name, side in (("old", old), ("new", new))
    )
    for column in columns:
        rows = pd.DataFrame({"name": both["new"].to_numpy(), "was": before[column], "now": after[column]})
        yield column, rows[_differ(rows["was"], rows["now"])]


def _list_rejects(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return what is rejected on one side alone, or for another reason; rows of one name and column in their order."""
    keys = ["what", "stage", "column", "copy"]
    sides = [side.reindex(columns=["what", "stage", "reason", "column"]).astype(TEXT).fillna("") for side in (old, new)]
    counted = [side.assign(copy=side.groupby(keys[:-1]).cumcount()) for side in sides]
    both = counted[0].merge(counted[1], on=keys, how="outer", suffixes=("_old", "_new"))
    was, now = both["reason_old"], both["reason_new"]
    kind = np.select([was.isna(), now.isna()], ["APPEND", "REMOVE"], "CHANGE")
    rows = both.assign(kind=kind, of="reject", name=both["what"], was=was, now=now)
    changed: pd.DataFrame = rows.reindex(columns=COLUMNS, fill_value="")[_differ(was, now)]
    return changed


def _link_products(both: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of products that share exposures, and whether they share all of the old, and of the new."""
    pairs = both.dropna(subset=["product_id_old", "product_id_new"])
    links = pairs.groupby(["product_id_old", "product_id_new"], sort=True).agg(
        n=("exposure", "size"), old_rule=("rule_old", "first"), new_rule=("rule_new", "first")
    )
    links = links.reset_index(names=["old", "new"])
    sizes = {side: both[f"product_id_{side}"].value_counts() for side in ("old", "new")}
    return links.assign(**{f"whole_{side}": links["n"] == links[side].map(sizes[side]) for side in sizes})


def _list_products(both: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return products whose name or exposures change, one row a product after (or before, where none is after)."""
    products = links.groupby("new", sort=True).agg(
        was=("old", " + ".join), parts=("n", "size"), whole=("whole_old", "all"), n=("n", "sum"),
        old_rule=("old_rule", "first"), new_rule=("new_rule", "first"),
    ).reset_index(names="now")  # fmt: skip
    full = products["whole"] & (products["n"] == products["now"].map(both["product_id_new"].value_counts()))
    several, other = full & (products["parts"] > 1), full & (products["was"] != products["now"])
    kind = np.select([several, other, ~full], ["MERGE", "RENAME", "REGROUP"], "")
    changed = products.assign(kind=kind, name=products["now"])[kind != ""]
    appended = _list_alone(both, "new", links["new"]).assign(kind="APPEND")
    removed = _list_alone(both, "old", links["old"]).assign(kind="REMOVE")
    rows = pd.concat([changed, appended, removed], ignore_index=True)
    whole: pd.DataFrame = rows.assign(of="product", column="").reindex(columns=COLUMNS, fill_value="")
    return whole


def _list_alone(both: pd.DataFrame, side: str, linked: pd.Series) -> pd.DataFrame:
    """Return the products of one side none of whose exposures has a product on the other."""
    rows = both.dropna(subset=f"product_id_{side}").drop_duplicates(f"product_id_{side}")
    rows = rows[~rows[f"product_id_{side}"].isin(linked)].sort_values(f"product_id_{side}")
    name = rows[f"product_id_{side}"]
    return pd.DataFrame({"name": name, "now" if side == "new" else "was": name, f"{side}_rule": rows[f"rule_{side}"]})


def _list_features(old: pd.DataFrame, new: pd.DataFrame, same: pd.DataFrame) -> pd.DataFrame:
    """Return features whose number changes, of products of the same exposures, and products that lose or gain them."""
    has = same["old"].isin(old.index), same["new"].isin(new.index)
    gone, come = same[has[0] & ~has[1]], same[~has[0] & has[1]]
    lost = pd.DataFrame({"kind": "REMOVE", "of": "features", "name": gone["new"], "was": gone["old"]})
    gained = pd.DataFrame({"kind": "APPEND", "of": "features", "name": come["new"], "now": come["new"]})
    kept = same[has[0] & has[1]]
    parts = [lost, gained]
    for column, rows in _compare_cells(old, new, kept):
        measured = rows["was"].dtype.kind == rows["now"].dtype.kind == "f"
        kind = (
            "APPEND" if column not in old else "REMOVE" if column not in new else "CHANGE" if measured else "RENUMBER"
        )
        parts.append(rows.assign(kind=kind, of="feature", column=column))
    return pd.concat(parts, ignore_index=True)


def find_effects(
    old: Rules, new: Rules, base: str, source: pd.DataFrame | str | Path, *, track: Track = untracked
) -> Effects:
    """Return what of a table changes from one rule set to another: both run on it.

    Args:
        old: a rule set.
        new: another version of it.
        base: the shipped rule set that both are versions of.
        source: a frame, or what the pipeline's command takes as INPUT.
        track: wraps the iteration over steps, to show progress.

    Raises:
        SourceError: nothing there to read.
    """
    trace = find_pipeline(base).trace
    return compare_runs(*(trace(rules, source, track=track) for rules in (old, new)))
