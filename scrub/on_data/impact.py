"""What a change of rules does to a table: which exposures, products and features change, and to what."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from scrub import hst_cal, hst_svm, jwst
from scrub.files.table_files import untracked
from scrub.tables import Rules

COLUMNS = ["kind", "of", "name", "column", "was", "now", "old_rule", "new_rule"]


class Run(NamedTuple):
    """What a rule set makes of a table: members (none for HST), features, and how many rows there were."""

    members: pd.DataFrame
    features: pd.DataFrame
    rejected: pd.DataFrame
    rows: int


class Effects(NamedTuple):
    """Changes (kind, of, name, column, was, now, old_rule, new_rule), and how many of each thing there were."""

    changes: pd.DataFrame
    counts: dict[str, int]


Track = Callable[..., Iterable[Any]]


def run(rules: Rules, base: str, source: pd.DataFrame | Path, *, track: Track = untracked) -> Run:
    """Return what a rule set makes of a table.

    Args:
        rules: a rule set.
        base: the shipped rule set that it is a version of: its name begins with that of a pipeline.
        source: what the pipeline reads.
        track: wraps the iteration over steps, to show progress.
    """
    if base.startswith("hst"):
        pipeline = hst_cal if base == "hst_cal" else hst_svm
        told = pipeline.run(source, rules=rules, track=track)
        return Run(_no_members(), told.features, told.rejected, told.ledger["datasets"]["in"])
    answer = jwst.run(source, rules=rules, track=track)
    return Run(answer.members, pd.concat(answer.features.values()), answer.rejected, answer.ledger["exposures"]["in"])


def _no_members() -> pd.DataFrame:
    return pd.DataFrame(columns=["exposure", "group", "product_id", "product", "rule"], dtype="str")


def effects(old: Run, new: Run) -> Effects:
    """Return what changes between two runs of one table.

    Of exposures: APPEND and REMOVE say that they come into, or fall out of, the products. Of products, told apart by
    their exposures: RENAME is the same exposures under another name; MERGE several whole products made one; REGROUP
    any other set of exposures. Of features: RENUMBER is another number for a product of the same exposures.

    >>> members = pd.DataFrame({"exposure": ["a", "b"], "product_id": ["p", "q"], "product": ["p", "q"],
    ...                         "group": "image", "rule": "t.csv:2"})
    >>> run_ = Run(members, pd.DataFrame(), pd.DataFrame(columns=["what", "reason"]), 2)
    >>> one = run_._replace(members=members.assign(product_id="r", product="r"))
    >>> effects(run_, one).changes[["kind", "of", "name"]].to_numpy().tolist()
    [['MERGE', 'product', 'r']]
    """
    both = _side_by_side(old.members, new.members)
    links = _links(both)
    same = links[links["whole_old"] & links["whole_new"]]
    if old.members.empty and new.members.empty:
        names = old.features.index.union(new.features.index)
        same = pd.DataFrame({"old": names, "new": names})
    changes = pd.concat(
        [_exposures(both), _products(both, links), _features(old.features, new.features, same)], ignore_index=True
    )
    counts = {
        "rows": old.rows,
        "products before": int(both["product_id_old"].nunique()),
        "products after": int(both["product_id_new"].nunique()),
        "rejected before": len(old.rejected),
        "rejected after": len(new.rejected),
    }
    return Effects(changes.reindex(columns=COLUMNS, fill_value="").fillna("").astype("str"), counts)


def _side_by_side(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return each exposure with its product before and after; exposures of one name are paired in their order."""
    kept = ["exposure", "product_id", "rule"]
    sides = [side[kept].assign(copy=side.groupby("exposure").cumcount()) for side in (old, new)]
    return sides[0].merge(sides[1], on=["exposure", "copy"], how="outer", suffixes=("_old", "_new"))


def _exposures(both: pd.DataFrame) -> pd.DataFrame:
    """Return exposures that come into the products, fall out of them, or are left out by another rule."""
    before, after = both["product_id_old"], both["product_id_new"]
    kind = pd.Series("", index=both.index).mask(before.isna() & after.notna(), "APPEND")
    kind = kind.mask(before.notna() & after.isna(), "REMOVE")
    told = both.assign(kind=kind, of="exposure", name=both["exposure"], was=before, now=after, column="")
    return told.rename(columns={"rule_old": "old_rule", "rule_new": "new_rule"}).loc[kind != "", COLUMNS]


def _links(both: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of products that share exposures, and whether they share all of the old, and of the new."""
    pairs = both.dropna(subset=["product_id_old", "product_id_new"])
    links = pairs.groupby(["product_id_old", "product_id_new"], sort=True).agg(
        n=("exposure", "size"), old_rule=("rule_old", "first"), new_rule=("rule_new", "first")
    )
    links = links.reset_index(names=["old", "new"])
    sizes = {side: both[f"product_id_{side}"].value_counts() for side in ("old", "new")}
    return links.assign(**{f"whole_{side}": links["n"] == links[side].map(sizes[side]) for side in sizes})


def _products(both: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Return products whose name or exposures change, one row a product after (or before, where none is after)."""
    told = links.groupby("new", sort=True).agg(
        was=("old", " + ".join), parts=("n", "size"), whole=("whole_old", "all"), n=("n", "sum"),
        old_rule=("old_rule", "first"), new_rule=("new_rule", "first"),
    ).reset_index(names="now")  # fmt: skip
    full = told["whole"] & (told["n"] == told["now"].map(both["product_id_new"].value_counts()))
    several, other = full & (told["parts"] > 1), full & (told["was"] != told["now"])
    kind = np.select([several, other, ~full], ["MERGE", "RENAME", "REGROUP"], "")
    changed = told.assign(kind=kind, name=told["now"])[kind != ""]
    appended = _alone(both, "new", links["new"]).assign(kind="APPEND")
    removed = _alone(both, "old", links["old"]).assign(kind="REMOVE")
    found = pd.concat([changed, appended, removed], ignore_index=True)
    whole: pd.DataFrame = found.assign(of="product", column="").reindex(columns=COLUMNS, fill_value="")
    return whole


def _alone(both: pd.DataFrame, side: str, linked: pd.Series) -> pd.DataFrame:
    """Return the products of one side none of whose exposures has a product on the other."""
    rows = both.dropna(subset=f"product_id_{side}").drop_duplicates(f"product_id_{side}")
    rows = rows[~rows[f"product_id_{side}"].isin(linked)].sort_values(f"product_id_{side}")
    name = rows[f"product_id_{side}"]
    return pd.DataFrame({"name": name, "now" if side == "new" else "was": name, f"{side}_rule": rows[f"rule_{side}"]})


def _features(old: pd.DataFrame, new: pd.DataFrame, same: pd.DataFrame) -> pd.DataFrame:
    """Return features whose number changes, of products of the same exposures, and products that lose or gain them."""
    has = same["old"].isin(old.index), same["new"].isin(new.index)
    gone, come = same[has[0] & ~has[1]], same[~has[0] & has[1]]
    lost = pd.DataFrame({"kind": "REMOVE", "of": "features", "name": gone["new"], "was": gone["old"]})
    gained = pd.DataFrame({"kind": "APPEND", "of": "features", "name": come["new"], "now": come["new"]})
    kept = same[has[0] & has[1]]
    columns = list(dict.fromkeys([*old.columns, *new.columns]))
    before = old.reindex(index=kept["old"], columns=columns).reset_index(drop=True)
    after = new.reindex(index=kept["new"], columns=columns).reset_index(drop=True)
    found = [lost, gained]
    for column in columns:
        differ = ~((before[column] == after[column]) | (before[column].isna() & after[column].isna()))
        rows = pd.DataFrame({"name": kept["new"].to_numpy(), "was": before[column], "now": after[column]})
        kind = "APPEND" if column not in old else "REMOVE" if column not in new else "RENUMBER"
        found.append(rows[differ.to_numpy(dtype=bool)].assign(kind=kind, of="feature", column=column))
    return pd.concat(found, ignore_index=True)


def affected(
    old: Rules,
    new: Rules,
    base: str,
    source: pd.DataFrame | str | Path,
    *,
    track: Callable[..., Iterable[Any]] = untracked,
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
    given = source if isinstance(source, pd.DataFrame) else Path(source)
    return effects(*(run(rules, base, given, track=track) for rules in (old, new)))
