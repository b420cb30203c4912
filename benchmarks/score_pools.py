"""How well rule sets predict the products of association pools, in all and by exposure type.

    python benchmarks/score_pools.py POOLS_FOLDER [RULES…] [--level 3] [--headers]

POOLS_FOLDER: ``headers/*.csv``, the exposures of one pool a file; ``pools/*.csv``, the pools themselves, for Level 2;
``truth.csv``, the members of the associations that were made of them (pool, product, exposure, exptype, cand_type and
more); ``exposures.csv`` (pool, exposure, exp_type); ``ignore*.csv`` (pool, exposure), what to leave out, may lack.
RULES: rule sets, ``NAME`` or ``NAME@EDITION``; without them ``jwst jwst_dms``, at Level 2 ``jwst_dms2``. Each pool is
run alone: pools have programs in common. Level 2 is scored with the role of each member, of pools, with all
candidates; with ``--headers`` of the headers, as a folder of FITS files would be, for which there are none.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from scrub import jwst
from scrub.cli import score as cli_score
from scrub.jwst import score, score_inputs
from scrub.jwst.score_inputs import Inputs
from scrub.tables import Rules

_LEVEL2_KINDS = ("observation", "background", "direct_image", "discovered")
USUAL = {2: ["jwst_dms2"], 3: ["jwst", "jwst_dms"]}


def read_rules(name: str) -> Rules:
    """Return a rule set, by its name or ``NAME@EDITION``."""
    base, _, edition = name.partition("@")
    return jwst.read_rules(base, edition=edition or None)


def members(rules: Rules, folder: Path) -> pd.DataFrame:
    """Return the members of all pools, with a column pool."""
    paths = sorted((folder / "headers").glob("*.csv"))
    return pd.concat([jwst.run(path, rules=rules).members.assign(pool=path.stem) for path in paths], ignore_index=True)


def associate(rules: Rules, folder: Path, *, headers: bool = False) -> pd.DataFrame:
    """Return the members of the associations of all pools, with a column pool.

    Those of all candidates are included, but for ``headers``, which list no candidates. ``lacking`` is the
    keyword that an exposure needs, in a row without a product.
    """
    frames = []
    for name, table in _read_tables(folder, headers=headers):
        answer = jwst.run(table, rules=rules, candidates="o" if headers else "oca")
        unknown = answer.members.loc[answer.members["lacking"].fillna("") != "", ["exposure", "lacking"]]
        own = jwst.associations(rules, answer)
        own = own.assign(product_id=own["product_id"] + " " + own["asn_type"])
        frames.append(pd.concat([own, unknown.assign(product="")], ignore_index=True).assign(pool=name))
    return pd.concat(frames, ignore_index=True)


def _read_tables(folder: Path, *, headers: bool) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the name and the exposures of each pool, as headers have them or as pools have them."""
    for path in sorted((folder / ("headers" if headers else "pools")).glob("*.csv")):
        table = pd.read_csv(path, sep="," if headers else "|", dtype=str, keep_default_na=False)
        yield path.stem, table if headers else table.rename(columns=str.upper)


def load(rules: Rules, folder: Path, rows: pd.DataFrame, *, level: int, headers: bool = False) -> Inputs:
    """Return predictions and truth as they are scored.

    Args:
        rules: a rule set.
        folder: of pools.
        rows: what it predicts, as ``members`` or ``associate`` give it.
        level: 2 or 3.
        headers: whether it was run on headers.
    """
    with tempfile.TemporaryDirectory() as scratch:
        predicted = Path(scratch) / "members.csv"
        rows.to_csv(predicted, index=False)
        return score_inputs.load(
            rules,
            predicted,
            folder / "truth.csv",
            exposures=folder / "exposures.csv",
            ignore=_find_ignored(folder),
            candidates=_LEVEL2_KINDS if level == 2 and not headers else score_inputs.OBSERVATION,
            roles=level == 2,
        )


def _find_ignored(folder: Path) -> Path | None:
    return next(iter(sorted(folder.glob("ignore*.csv"))), None)


def tabulate(folder: Path, names: Sequence[str], *, level: int = 3, headers: bool = False) -> pd.DataFrame:
    """Return by exposure type, for each rule set: sets right of predicted and true ones, names, exposures unknown.

    Args:
        folder: of pools.
        names: of rule sets.
        level: 2 or 3.
        headers: whether Level 2 is run on headers.

    Returns:
        For each rule set the columns NAME (with precision and recall of the sets), ``NAME: names`` (of the sets that
        are right) and ``NAME: unknown``, as text; the last line is of all types.
    """
    columns = {}
    for name in names:
        rules = read_rules(name)
        rows = members(rules, folder) if level == 3 else associate(rules, folder, headers=headers)
        inputs = load(rules, folder, rows, level=level, headers=headers)
        scores = score.score(score.compare(rules, inputs.predicted, inputs.true)).set_index(["exp_type", "counted"])
        exact, named = (scores.xs(counted, level="counted") for counted in ("exact", "names"))
        title = f"{rules.name} {rules.edition}"
        columns[title] = _write(exact, "{tp} of {predicted}, of {true}; {precision:.3f}, {recall:.3f}")
        columns[f"{title}: names"] = _write(named, "{tp} of {predicted}")
        columns[f"{title}: unknown"] = _count_unknown(folder, rows).astype(str)
    table = pd.DataFrame(columns).replace({"nan": "-"}, regex=True)
    table = table.fillna({name: "0" if name.endswith(": unknown") else "none" for name in table})
    types = sorted(exp_type for exp_type in table.index if exp_type != score.ALL)
    return table.loc[[*types, score.ALL]].rename_axis("exposure type")


def _count_unknown(folder: Path, rows: pd.DataFrame) -> "pd.Series[int]":
    """Return by exposure type how many exposures lack what the rules need to decide."""
    if "lacking" not in rows:
        return pd.Series({score.ALL: 0})
    keys = ["pool", "exposure"]
    types = pd.read_csv(folder / "exposures.csv", dtype=str).set_index(keys)["exp_type"].str.upper()
    own = rows.loc[rows["lacking"].fillna("") != "", keys].drop_duplicates()
    path = _find_ignored(folder)
    if path:
        ignored = pd.MultiIndex.from_frame(pd.read_csv(path, dtype=str)[keys])
        own = own[~pd.MultiIndex.from_frame(own).isin(ignored)]
    counts = types.reindex(pd.MultiIndex.from_frame(own)).value_counts()
    counts[score.ALL] = counts.sum()
    return counts


def _write(counts: pd.DataFrame, form: str) -> pd.Series:
    """Return counts as text, a line for each exposure type."""
    return pd.Series([form.format(**row) for row in counts.to_dict("records")], index=counts.index)


def write_markdown(table: pd.DataFrame) -> str:
    """Return a table as the pages of the site have it.

    >>> write_markdown(pd.DataFrame({"sets": ["1 of 1"]}, index=pd.Index(["MIR_MRS"], name="type")))
    '| type | sets |\\n|---|---|\\n| MIR_MRS | 1 of 1 |'
    """
    head = [str(table.index.name), *table.columns]
    rows = [[str(kind), *row] for kind, row in zip(table.index, table.to_numpy().tolist(), strict=True)]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("|".join(["", *(f" {cell} " if cell != "---" else cell for cell in line), ""]) for line in lines)


def scored(rules: Rules, folder: Path, *, level: int = 3, headers: bool = False) -> str:
    """Return the scores of a rule set, as ``skyscrub score`` prints them, and the groups that differ."""
    rows = members(rules, folder) if level == 3 else associate(rules, folder, headers=headers)
    inputs = load(rules, folder, rows, level=level, headers=headers)
    compared = score.compare(rules, inputs.predicted, inputs.true)
    differ = score.mismatches(compared)
    listed = differ[["kind", "pool", "exp_type", "predicted", "true"]].to_string(index=False)
    return f"{cli_score.write_text(inputs, score.score(compared))}\n\n{len(differ)} group(s) differ\n{listed}"


def main(arguments: list[str] | None = None) -> None:
    """Print the scores of each rule set, and the table by exposure type of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="POOLS_FOLDER", type=Path)
    parser.add_argument("rules", metavar="RULES", nargs="*")
    parser.add_argument("--level", type=int, choices=(2, 3), default=3)
    parser.add_argument("--headers", action="store_true", help="at Level 2: run on headers in place of pools")
    given = parser.parse_intermixed_args(arguments)
    names = given.rules or USUAL[given.level]
    for rules in map(read_rules, names):
        text = scored(rules, given.folder, level=given.level, headers=given.headers)
        print(f"rules {rules.name}, edition {rules.edition}\n{text}\n")
    print(write_markdown(tabulate(given.folder, names, level=given.level, headers=given.headers)))


if __name__ == "__main__":
    main()
