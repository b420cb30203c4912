"""Pools with candidates: random lists for random programs, and how well what they make is predicted, kind by kind."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub import jwst
from scrub.jwst.candidates import read_list
from scrub.tables import Rules

KINDS = ["MOSAIC", "GROUP", "BACKGROUND", "CORONAGRAPHY", "DIRECT_IMAGE", "AMI"]
ROLES = ("science", "psf", "background")
_LATER = 50  # how much higher the numbers of observations are that are there a second time
_OPEN = "{suffix}"  # what the generator leaves open in the names of pairs


class Product(NamedTuple):
    """What an association makes: its name, the exposure type of most members, its members with their roles."""

    name: str
    exp_type: str
    members: frozenset[tuple[str, str]]


Key = tuple[str, str, frozenset[str]]  # the pool, what the candidate is called, the science exposures


def add_candidates(pool: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return a pool whose observations are in some candidates of random kinds, of one to three observations each.

    Args:
        pool: as ``official_sets.make_set`` gives it.
        seed: of the random numbers.
    """
    draw = random.Random(seed)
    lists = _list_observations(pool)
    for number in range(draw.randint(1, 4)):
        kind = draw.choice(KINDS)
        for observation in draw.sample(list(lists), min(len(lists), draw.randint(1, 3))):
            lists[observation].append((f"c{1000 + number}", kind))
    return _write_lists(pool, lists)


def double(pool: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return three observations of a pool twice, each with its second in one or two candidates.

    Some seconds have other targets, or no PSF exposures.

    Args:
        pool: as ``official_sets.make_set`` gives it.
        seed: of the random numbers.
    """
    draw = random.Random(seed)
    numbers = sorted(pool["OBS_NUM"].unique(), key=int)
    first = pool[pool["OBS_NUM"].isin(draw.sample(numbers, min(3, len(numbers))))]
    second = first.assign(
        OBS_NUM=[str(int(number) + _LATER) for number in first["OBS_NUM"]],
        FILENAME=[f"{name[:7]}{int(name[7:10]) + _LATER:03d}{name[10:]}" for name in first["FILENAME"]],
        OBS_ID=[f"{name[:6]}{int(name[6:9]) + _LATER:03d}{name[9:]}" for name in first["OBS_ID"]],
    )
    for observation in sorted(second["OBS_NUM"].unique(), key=int):
        own = second["OBS_NUM"] == observation
        if draw.random() < 0.3:
            other = [target if target == "NULL" else str(int(target) + 10) for target in second["TARGETID"]]
            second = second.assign(TARGETID=second["TARGETID"].mask(own, pd.Series(other, index=second.index)))
        if draw.random() < 0.3:
            second = second[~(own & (second["IS_PSF"] == "T"))]
    both = pd.concat([first, second], ignore_index=True)
    lists, number = _list_observations(both), 0
    for observation in first["OBS_NUM"].unique():
        for _ in range(draw.randint(1, 2)):
            kind = draw.choice(KINDS)
            for one in (observation, str(int(observation) + _LATER)):
                if one in lists:
                    lists[one].append((f"c{1000 + number}", kind))
            number += 1
    return _write_lists(both, lists)


def _list_observations(pool: pd.DataFrame) -> dict[str, list[tuple[str, str]]]:
    """Return the candidates of each observation: itself."""
    return {number: [(f"o{int(number):03d}", "OBSERVATION")] for number in sorted(pool["OBS_NUM"].unique(), key=int)}


def _write_lists(pool: pd.DataFrame, lists: dict[str, list[tuple[str, str]]]) -> pd.DataFrame:
    return pool.assign(ASN_CANDIDATE=[str(lists[number]) for number in pool["OBS_NUM"]])


def tabulate(rules: Rules, folder: Path, letters: str) -> pd.DataFrame:
    """Return, for each kind of candidate and exposure type, how many products are right, and what differs.

    Args:
        rules: a JWST rule set with candidates.
        folder: with ``pools/*.csv`` and ``truth.csv``.
        letters: which candidates, of ``oca``.

    Returns:
        ``sets`` that are right, of predicted and of true ones, with precision and recall; of the right ones those
        whose ``members`` have the same roles, and whose ``names`` are the same. Kinds are the words of the pools.
    """
    true = _read_truth(folder / "truth.csv", letters)
    counts = Counter[tuple[str, str, str]]()
    for path in sorted((folder / "pools").glob("*.csv")):
        kinds = _read_kinds(path)
        made = dict(_predict(rules, path, letters))
        held = {key: product for key, product in true.items() if key[0] == path.stem}
        for key in made.keys() | held.keys():
            one, other = made.get(key), held.get(key)
            kind = kinds.get(key[1], "DISCOVERED")
            for exp_type in ((other or one).exp_type, "all"):  # type: ignore[union-attr]
                counts[kind, exp_type, "predicted"] += one is not None
                counts[kind, exp_type, "true"] += other is not None
                if one and other:
                    counts[kind, exp_type, "right"] += 1
                    counts[kind, exp_type, "members"] += one.members == other.members
                    counts[kind, exp_type, "names"] += one.name == other.name
    rows = {place: _write(counts, *place) for place in sorted({(kind, exp_type) for kind, exp_type, _ in counts})}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["kind", "exposure type"])


def _write(counts: Counter[tuple[str, str, str]], kind: str, exp_type: str) -> dict[str, str]:
    """Return the cells of one line."""
    right, predicted, true = (counts[kind, exp_type, what] for what in ("right", "predicted", "true"))
    return {
        "sets": f"{right} of {predicted}, of {true}",
        "precision": f"{right / predicted:.3f}" if predicted else "",
        "recall": f"{right / true:.3f}" if true else "",
        "members": f"{counts[kind, exp_type, 'members']} of {right}",
        "names": f"{counts[kind, exp_type, 'names']} of {right}",
    }


def _read_kinds(path: Path) -> dict[str, str]:
    """Return the word for the kind of each candidate that a pool lists."""
    cells = pd.read_csv(path, sep="|", dtype=str)["ASN_CANDIDATE"].unique()
    return {one.name: one.word.upper() for cell in cells for one in read_list(cell) or []}


def _predict(rules: Rules, path: Path, letters: str) -> Iterator[tuple[Key, Product]]:
    """Yield the products of a pool."""
    answer = jwst.run(path, rules=rules, candidates=letters)
    members = jwst.associations(rules, answer)
    for _, rows in members.groupby("product_id"):
        yield _read_product(path.stem, str(rows["asn_id"].iloc[0]), rows)


def _read_truth(path: Path, letters: str) -> dict[Key, Product]:
    """Return what the generator made of the candidates that are wanted, of science exposures."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table = table[table["asn_id"].str[0].isin(list(letters)) & table["exptype"].isin(ROLES)]
    own = [rows for _, rows in table.groupby(["pool", "asn_name"]) if (rows["exptype"] == "science").any()]
    return dict(_read_product(str(rows["pool"].iloc[0]), str(rows["asn_id"].iloc[0]), rows) for rows in own)


def _read_product(pool: str, candidate: str, rows: pd.DataFrame) -> tuple[Key, Product]:
    """Return a product with what it is compared by, of its members."""
    science = rows[rows["exptype"] == "science"].sort_values("exposure")
    name = str(rows["product"].iloc[0]).replace(_OPEN, "wfscmb")
    exp_type = str(science["exp_type"].str.upper().mode().iloc[0])
    members = frozenset(zip(rows["exposure"], rows["exptype"], strict=True))
    return (pool, candidate, frozenset(science["exposure"])), Product(name, exp_type, members)
