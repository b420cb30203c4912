"""Cut few observations out of random programs, so that each kind of Level-2 association is there.

    python -m benchmarks.official_pools JWST_PYTHON jwst_dms2 --level 2 --sets 16 --seed 1 --keep FOLDER
    python -m tests.goldens.cut_level2 FOLDER

A kind is a rule of the generator with the roles of its members. Observations that share a candidate stay together.
"""

import sys
from pathlib import Path

import pandas as pd

HERE = Path(__file__).with_name("level2")
Unit = tuple[str, tuple[str, ...]]


def cut(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the exposures, with the name of their pool, and the members of their associations."""
    truth = pd.read_csv(folder / "truth.csv", dtype=str, keep_default_na=False)
    pools = pd.concat(
        pd.read_csv(path, dtype=str, sep="|", keep_default_na=False).assign(POOL=path.stem)
        for path in sorted((folder / "pools").glob("*.csv"))
    )
    pools = pools.assign(observation=pools["FILENAME"].str[:10])
    together = pools[pools["ASN_CANDIDATE"].str.contains("c1000")].groupby("POOL")["observation"].agg(set)
    roles = truth.groupby(["pool", "asn_name"])["exptype"].agg(lambda own: "+".join(sorted(set(own))))
    kinds: dict[Unit, set[str]] = {}
    for row in truth.drop_duplicates(["pool", "asn_name"]).to_dict("records"):
        own, shared = row["product"][:10], together.get(row["pool"], set())
        unit = (row["pool"], tuple(sorted(shared)) if own in shared else (own,))
        kinds.setdefault(unit, set()).add(f"{row['asn_rule']} {row['asn_type']} {roles[row['pool'], row['asn_name']]}")
    sizes = {unit: pools[_is_of(pools, "POOL", unit)].shape[0] for unit in kinds}
    chosen, lacking = list[Unit](), set[str]().union(*kinds.values())
    while lacking:
        best = max(kinds, key=lambda unit: (len(kinds[unit] & lacking) / sizes[unit], unit))
        chosen.append(best)
        lacking -= kinds[best]
    truth = truth.assign(observation=truth["product"].str[:10])
    rows = pd.concat(pools[_is_of(pools, "POOL", unit)] for unit in chosen).sort_values(["POOL", "FILENAME"])
    members = pd.concat(truth[_is_of(truth, "pool", unit)] for unit in chosen)
    wanted = ["pool", "asn_rule", "asn_type", "asn_id", "product", "expname", "exptype"]
    columns = ["POOL", *(column for column in rows if column not in ("POOL", "EXPOSERR", "observation"))]
    return rows[columns], members.sort_values(["pool", "asn_name", "exptype", "expname"])[wanted]


def _is_of(table: pd.DataFrame, pool: str, unit: Unit) -> "pd.Series[bool]":
    return (table[pool] == unit[0]) & table["observation"].isin(unit[1])


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for name, frame in zip(("pools", "truth"), cut(Path(sys.argv[1])), strict=True):
        frame.to_csv(HERE / f"{name}.csv", index=False)
