"""Inputs of a score: predictions and truth from tables, run folders or association files, made comparable."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub.files.table_files import SourceError, list_datafiles, read_table
from scrub.frames import columns
from scrub.frames.cells import TEXT
from scrub.frames.rejects import Fault, Split, set_aside
from scrub.jwst import asn_files, score
from scrub.jwst.choices import SCIENCE
from scrub.pipeline.column_names import name_columns
from scrub.tables import Rules

OBSERVATION = ("observation",)
_COLUMNS = (
    "pool", "exposure", "exp_type", "exptype", "product", "product_id", "group", "lacking", "asn_id", "cand_type",
    "asn_type", "asn_rule", "asn_name",
)  # fmt: skip


class Inputs(NamedTuple):
    """Both sides as ``score.compare`` takes them, what was set aside, how many files were read, what stays unknown.

    ``unknown`` counts the exposures that the rules could not decide on, by the keyword they need; None where they
    always decide.
    """

    predicted: pd.DataFrame
    true: pd.DataFrame
    rejected: pd.DataFrame
    read: dict[str, int]
    unknown: dict[str, int] | None = None


class _Read(NamedTuple):
    """Rows (pool, product, group, exposure), types of exposures if the source has them, rejects, files, the unknown."""

    rows: pd.DataFrame
    known: list[pd.DataFrame]
    rejected: pd.DataFrame
    files: int = 1
    unknown: pd.DataFrame | None = None


def load(
    rules: Rules,
    predicted: Path,
    truth: Path,
    *,
    candidates: Collection[str] = OBSERVATION,
    exposures: Path | None = None,
    ignore: Path | None = None,
    roles: bool = False,
) -> Inputs:
    """Return predictions and truth, science members only, or every member with its role.

    Args:
        rules: a rule set, for ``association_kinds`` and ``score_names``.
        predicted: a table of members (product, exposure; pool, product_id or group, exptype where there), or
            the folder of a run: then its ``members`` and the types in its ``exposures``.
        truth: a table (product, exposure, exptype, and cand_type or asn_id), a folder of ``*_asn.json``
            files, or one such file.
        candidates: the kinds of candidate that count.
        exposures: a table (exposure, exp_type; pool where there) that says first what type an exposure is.
        ignore: a table (exposure; pool where there) of exposures to take out of both sides.
        roles: whether members that are no science count, too: each is then ``role:exposure``. The folder of a run
            must have its associations (``asn``), since ``members`` has science members only.

    Pools separate only where both sides name them.

    Raises:
        SourceError: an input that cannot be read, has no such column, or has no group to compare.
    """
    guess, held = _read_predicted(rules, predicted, roles), _read_truth(rules, truth, candidates, roles)
    types = [_read_rows(rules, exposures, ["exposure", "exp_type"], "exposures")] if exposures else []
    out = [_read_rows(rules, ignore, ["exposure"], "ignore")] if ignore else []
    pooled = "pool" in guess.rows and "pool" in held.rows
    known = [split.good for split in types] + guess.known + held.known
    tables = known if pooled else [_drop_pool(table) for table in known]
    sides = []
    for rows in (guess.rows, held.rows):
        plain = rows if pooled else _drop_pool(rows).assign(pool="")
        for split in out:
            plain = _drop_ignored(plain, split.good if pooled else _drop_pool(split.good))
        try:
            typed = score.add_types(plain, tables)
        except ValueError as error:
            raise SourceError(str(error)) from None
        sides.append(score.add_roles(rules, typed) if roles else typed)
    rejected = [guess.rejected, held.rejected, *(split.rejected for split in (*types, *out))]
    files = {"predictions": guess.files, "truth": held.files}
    unknown = None if guess.unknown is None else _count_lacking(guess.unknown, [split.good for split in out])
    return Inputs(sides[0], sides[1], pd.concat(rejected, ignore_index=True), files, unknown)


def _count_lacking(unknown: pd.DataFrame, ignored: Sequence[pd.DataFrame]) -> dict[str, int]:
    """Return how many exposures lack what, without the ignored."""
    for table in ignored:
        unknown = _drop_ignored(unknown, table if "pool" in unknown else _drop_pool(table))
    return {str(what): int(count) for what, count in unknown["lacking"].value_counts().sort_index().items()}


def _drop_pool(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns="pool", errors="ignore").drop_duplicates(ignore_index=True)


def _drop_ignored(rows: pd.DataFrame, ignored: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose exposure (of that pool, where pools are named) is not among the ignored."""
    keys = [key for key in ("pool", "exposure") if key in ignored]
    hit = rows[keys].merge(ignored[keys].drop_duplicates(), on=keys, how="left", indicator=True)["_merge"] == "both"
    return rows[~hit.to_numpy()].reset_index(drop=True)


def _read_rows(rules: Rules, path: Path, wanted: Sequence[str], stage: str) -> Split:
    """Return a table as text with the columns of a score; rows without an exposure are set aside.

    Raises:
        SourceError: it lacks a column, has one twice, or has one whose name is in doubt.
    """
    raw, torn = read_table(path)
    named = name_columns(rules, raw, _COLUMNS, what=str(path))
    if lacking := [column for column in wanted if column not in named]:
        raise SourceError(f"{path}: the table has no column {', '.join(lacking)}")
    table = columns.keep(named, _COLUMNS)
    text = table.astype("object").where(table.notna(), "").astype(TEXT)
    numbered = text.assign(row=[f"row {i + 1}" for i in range(len(text))])[["row", *text.columns]]
    blank = numbered["exposure"].str.strip() == ""
    split = set_aside(numbered, stage, [Fault(blank, "missing", "exposure", numbered["exposure"])])
    return Split(split.good.drop(columns="row"), pd.concat([torn, split.rejected], ignore_index=True))


def _read_predicted(rules: Rules, path: Path, roles: bool) -> _Read:
    """Return the rows of a prediction that are in a product, as science, or all with their roles."""
    if roles and path.is_dir():
        return _read_run(rules, path)
    if not path.is_dir() or (list_datafiles(path) and not _list_tables(path, "members")):
        table = _read_rows(rules, path, ["product", "exposure"], "predictions")
        known: list[Split] = []
    else:
        table = _read_rows(rules, _find_table(path, "members"), ["product", "exposure"], "predictions")
        known = [_read_rows(rules, _find_table(path, "exposures"), ["exposure", "exp_type"], "predictions")]
    unknown = table.good[table.good["lacking"].str.strip() != ""] if "lacking" in table.good else None
    rows = table.good if roles else _keep_science(table.good)
    rows = rows[rows["product"].str.strip() != ""]
    types = [k.good[["exposure", "exp_type"]] for k in known]
    if "exp_type" in rows:
        types.append(_keep_types(rows))
    lost = pd.concat([table.rejected, *(k.rejected for k in known)], ignore_index=True)
    return _Read(_keep_groups(rows, ["product_id", "group"], roles), types, lost, unknown=unknown)


def _read_run(rules: Rules, path: Path) -> _Read:
    """Return the members of the associations in the folder of a run, with their roles."""
    if not (path / "asn").is_dir():
        raise SourceError(f"{path}: no folder asn: run skyscrub jwst with --asn, and score that")
    read = asn_files.read(rules, path / "asn")
    known = _read_rows(rules, _find_table(path, "exposures"), ["exposure", "exp_type"], "predictions")
    members = _read_rows(rules, _find_table(path, "members"), ["product", "exposure"], "predictions").good
    unknown = members[members["lacking"].str.strip() != ""] if "lacking" in members else None
    types = [known.good[["exposure", "exp_type"]]]
    return _Read(_keep_groups(read.members, ["asn_name"], roles=True), types, read.rejected, read.files, unknown)


def _find_table(folder: Path, name: str) -> Path:
    """Return the one table of a name in the folder of a run."""
    files = _list_tables(folder, name)
    if len(files) != 1:
        word = ("both", "and") if files else ("neither", "nor")
        raise SourceError(f"{folder}: {word[0]} {name}.csv {word[1]} {name}.parquet")
    return files[0]


def _list_tables(folder: Path, name: str) -> list[Path]:
    return [path for form in ("csv", "parquet") if (path := folder / f"{name}.{form}").exists()]


def _read_truth(rules: Rules, path: Path, candidates: Collection[str], roles: bool) -> _Read:
    """Return the members of the associations of some kinds of candidate: the science ones, or all."""
    if path.is_dir() or path.suffix == ".json":
        read = asn_files.read(rules, path)
        table, rejected, files = read.members, read.rejected, read.files
    else:
        split = _read_rows(rules, path, ["product", "exposure", "exptype"], "truth")
        table, rejected, files = _keep_level(rules, path, split.good), split.rejected, 1
    chosen = table[table["cand_type"].isin(list(candidates))]
    if chosen.empty and rejected.empty:
        there = ", ".join(sorted(set(table["cand_type"]))) or "none"
        level = asn_files.find_level(rules).removeprefix("level")
        raise SourceError(f"{path}: no Level-{level} association of {', '.join(candidates)}; there are: {there}")
    science = _keep_science(table)
    known = [_keep_types(science)] if "exp_type" in science else []
    members = chosen if roles else _keep_science(chosen)
    return _Read(_keep_groups(members, ["asn_name", "asn_rule"], roles), known, rejected, files)


def _keep_level(rules: Rules, path: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the level of the rules, ``cand_type`` by ``association_kinds`` where it is not there."""
    stated, level = [column for column in ("asn_type", "asn_rule") if column in table], asn_files.find_level(rules)
    own = pd.concat([_find_kind(rules, table, column) == level for column in stated], axis=1) if stated else None
    rows = table if own is None else table[own.any(axis=1)]
    if "cand_type" in rows:
        return rows
    if "asn_id" not in rows:
        raise SourceError(f"{path}: the table has no column cand_type, nor asn_id")
    return rows.assign(cand_type=_find_kind(rules, rows, "asn_id"))


def _find_kind(rules: Rules, table: pd.DataFrame, column: str) -> pd.Series:
    """Return the kind of association that each cell stands for; the work grows with the distinct cells."""
    kinds = {cell: asn_files.find_kinds(rules, {column: cell})[column] for cell in table[column].unique()}
    return table[column].map(kinds)


def _keep_science(table: pd.DataFrame) -> pd.DataFrame:
    """Return the science members; a table without the column ``exptype`` is all science."""
    return table[table["exptype"].str.lower() == SCIENCE] if "exptype" in table else table


def _keep_types(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[[column for column in ("pool", "exposure", "exp_type") if column in rows]]


def _keep_groups(rows: pd.DataFrame, keys: Sequence[str], roles: bool = False) -> pd.DataFrame:
    """Return pool (where there), product, exposure, and as ``group`` what keeps groups of one name apart; the role."""
    apart = pd.Series("", index=rows.index, dtype=TEXT)
    for key in keys:
        apart = apart + "\x1f" + rows[key] if key in rows else apart
    if roles and "exptype" not in rows:
        raise SourceError("no column exptype: without it no role of a member is known")
    wanted = [column for column in ("pool", "product", "exposure", *(["exptype"] if roles else [])) if column in rows]
    return rows[wanted].assign(group=apart).drop_duplicates(ignore_index=True)
