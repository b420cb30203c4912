"""Association files (``*_asn.json``): read associations to a frame, and write predictions as such files."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub.files import atomic
from scrub.files.folders import Found, walk_files
from scrub.files.table_files import SourceError
from scrub.frames.cells import TEXT
from scrub.frames.plain import is_odd
from scrub.frames.rejects import join, none_rejected, reject, write
from scrub.jwst.choices import SCIENCE
from scrub.tables import Rules
from scrub.tables.findings import RuleError
from scrub.tables.rules import once

STAGE = "associations"
COLUMNS = [
    "pool", "asn_name", "asn_rule", "asn_type", "asn_id", "cand_type", "program", "product", "expname", "exposure",
    "exptype",
]  # fmt: skip
_FIELDS = ("asn_pool", "asn_rule", "asn_type", "asn_id", "program")
_EXPNAME = re.compile(r"(.+)_[^_]+\.fits(?:\.gz)?")
_FORMS = {"program": "[0-9]{5}", "observation": "[0-9]{3}", "asn_id": "o[0-9]{3}|[ac][0-9]{4}"}


class Associations(NamedTuple):
    """Members of associations of one level, the files that could not be read, how many files and associations."""

    members: pd.DataFrame
    rejected: pd.DataFrame
    files: int
    kept: int


class _FileError(ValueError):
    """A file that is no association: why, in which field, and what stands there."""

    def __init__(self, reason: str, field: str = "", value: Any = "") -> None:
        super().__init__(f"{field}: {reason}: {value!r}")
        self.reason, self.field, self.value = reason, field, value


def read(rules: Rules, path: Path) -> Associations:
    """Return the members of every association in a folder that is of the level of the rules; others are passed over.

    Args:
        rules: a rule set, for the table ``association_kinds``: which fields make an association of which level, and
            the kind of candidate behind it.
        path: a folder, searched to its bottom for ``*_asn.json``, or one file.

    Returns:
        members, a row a member of a product: pool, asn_name, asn_rule, asn_type, asn_id, cand_type, program,
        product, expname, exposure (expname without its last ``_suffix.fits``), exptype. A bad file is a row of
        ``rejected``, and none of its members is there.

    Raises:
        SourceError: no such folder or file, or no association in it.
    """
    listed = walk_files(path, lambda name: name.endswith("_asn.json")) if path.is_dir() else None
    top, names = (path, listed.files) if listed else (path.parent, [path.name])
    odd = _reject_odd(listed) if listed else none_rejected()
    if (not names and odd.empty) or (names and not (top / names[0]).is_file()):
        raise SourceError(f"{path}: no file *_asn.json" if path.is_dir() else f"{path}: no such file or folder")
    frames, rejects = [], [odd]
    for file in names:
        name = write(file)
        try:
            frames.append(_list_members(rules, name, _parse_file(top / file)))
        except _FileError as error:
            row = pd.DataFrame({"what": [name]}, dtype=TEXT)
            rejects.append(reject(row, STAGE, error.reason, error.field, [write(error.value)[:200]]))
    whole = [frame for frame in frames if len(frame)]
    members = pd.concat(whole, ignore_index=True) if whole else pd.DataFrame(columns=COLUMNS, dtype=TEXT)
    return Associations(members, pd.concat(rejects, ignore_index=True), len(names), len(whole))


def _reject_odd(listed: Found) -> pd.DataFrame:
    """Return the rejects of a folder: what cannot be read, and links to folders, which nobody looked into."""
    linked = pd.DataFrame({"what": list(listed.passed_over)}, dtype=TEXT)
    links = reject(linked, STAGE, "a link to a folder, which is not looked into", "", [""] * len(linked))
    return join([listed.rejected.assign(stage=STAGE), links])


def _parse_file(file: Path) -> dict[str, Any]:
    """Return the content of a file, if it is a JSON object."""
    try:
        content = json.loads(file.read_bytes())
    except OSError as error:
        raise _FileError("not readable", "", error.strerror) from None
    except (ValueError, RecursionError) as error:
        raise _FileError("not JSON", "", error) from None
    if not isinstance(content, dict):
        raise _FileError("no association: not an object", "", type(content).__name__)
    return content


def _list_members(rules: Rules, name: str, content: dict[str, Any]) -> pd.DataFrame:
    """Return the members of one association; none where it is of another level."""
    fields = {field: _get_text(content.get(field, ""), field, may_lack=True) for field in _FIELDS}
    known = find_kinds(rules, fields)
    if find_level(rules) not in (known["asn_type"], known["asn_rule"]):
        return pd.DataFrame(columns=COLUMNS, dtype=TEXT)
    if not known["asn_id"]:
        raise _FileError("not the id of a candidate", "asn_id", fields["asn_id"])
    rows = [
        (product, expname, _name_exposure(expname, exptype, path), exptype)
        for product, expname, exptype, path in _walk(content)
    ]
    frame = pd.DataFrame(rows, columns=["product", "expname", "exposure", "exptype"], dtype=TEXT)
    pool = fields["asn_pool"].removesuffix(".csv")
    whole = frame.assign(**fields, pool=pool, asn_name=name.removesuffix(".json"), cand_type=known["asn_id"])
    return whole[COLUMNS].astype(TEXT)


def find_kinds(rules: Rules, fields: dict[str, str]) -> dict[str, str]:
    """Return the kind of association that each field stands for, by ``association_kinds``; blank where no row fits.

    Rules of another level have rows of their own in ``association_levels``.

    Args:
        rules: a rule set with the table ``association_kinds``.
        fields: of an association file, by name.

    >>> from scrub import jwst
    >>> find_kinds(jwst.read_rules(), {"asn_id": "o006", "asn_type": "image2"})
    {'asn_id': 'observation', 'asn_type': ''}
    """
    kinds = dict.fromkeys(fields, "")
    further = rules["association_levels"].records() if "association_levels" in rules.tables else []
    for row in [*rules["association_kinds"].records(), *further]:
        try:
            fits = re.fullmatch(row["pattern"], fields.get(row["field"], ""))
        except re.error as error:
            raise RuleError(f"{row['rule']}: pattern: {error}: {row['pattern']!r}") from None
        if fits and not kinds.get(row["field"], "set"):
            kinds[row["field"]] = row["kind"]
    return kinds


@once
def find_level(rules: Rules) -> str:
    """Return the level of the associations that rules predict, as ``association_kinds`` calls it.

    Args:
        rules: a JWST rule set.

    >>> from scrub import jwst
    >>> find_level(jwst.read_rules()), find_level(jwst.read_rules("jwst_dms2"))
    ('level3', 'level2')
    """
    types = [row["asn_type"] for row in rules["association_types"].records() if row["asn_type"]]
    levels = {find_kinds(rules, {"asn_type": asn_type})["asn_type"] for asn_type in types}
    if len(levels) != 1:
        raise RuleError(f"association_types.csv: asn_type: of {len(levels)} levels: {', '.join(sorted(levels))}")
    return levels.pop()


def _walk(content: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the product, expname, exptype and path in the document of each member."""
    for i, product in enumerate(_get_list(content, "products", "")):
        name = _get_text(_get_object(product, f"products[{i}]").get("name"), f"products[{i}].name")
        for j, member in enumerate(_get_list(product, "members", f"products[{i}].")):
            path = f"products[{i}].members[{j}]"
            words = [_get_text(_get_object(member, path).get(key), f"{path}.{key}") for key in ("expname", "exptype")]
            yield name, words[0], words[1].lower(), path


def _get_object(value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _FileError("not an object", path, value)
    return value


def _get_list(entry: dict[str, Any], key: str, path: str) -> list[Any]:
    value = entry.get(key)
    if value is None:
        raise _FileError("missing", path + key)
    if not isinstance(value, list) or not value:
        raise _FileError("no list of entries", path + key, value)
    return value


def _get_text(value: Any, path: str, *, may_lack: bool = False) -> str:
    if value is None or value == "":
        if may_lack:
            return ""
        raise _FileError("missing", path)
    if not isinstance(value, str) or is_odd(value):
        raise _FileError("not text", path, value)
    return value


def _name_exposure(expname: str, exptype: str, path: str) -> str:
    """Return the name of an exposure; a member that is no science and has another form (a catalog) keeps its name."""
    last = _cut_path(expname)
    match = _EXPNAME.fullmatch(last)
    if not match and exptype == SCIENCE:
        raise _FileError("not a name like exposure_suffix.fits", f"{path}.expname", expname)
    return match.group(1) if match else last


def _cut_path(name: str) -> str:
    """Return the last part of a name that may be a path: an association names files, and no folders."""
    return re.split(r"[/\\]", name.rstrip("/\\"))[-1]


def documents(members: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return an association for each product, by the name of its file.

    Args:
        members: as ``jwst.associations`` gives them: a row a member, with product_id, product, exposure, exptype
            (``science``, ``psf``, ``background``), rule, program (five digits), observation (three), asn_type, suffix,
            and asn_id where products are of other candidates than observations.

    Returns:
        For each product_id, in order, a document of the published form of its level. Files are named as the
        observatory's, without a time: ``jw01018-o006_image3_00001_asn.json``, numbered by product_id. An ``expname``
        has no folder, whatever the name of its exposure.

    Raises:
        ValueError: a program or observation that is not of its form, or differs within one product.
    """
    members = members if "asn_id" in members else members.assign(asn_id="o" + members["observation"].astype(TEXT))
    _check(members)
    ending = members["suffix"].where(members["suffix"].str.contains(".", regex=False), members["suffix"] + ".fits")
    rows = members.assign(expname=members["exposure"].map(_cut_path) + "_" + ending)
    rows = rows.assign(late=rows["exptype"] != SCIENCE).sort_values(["product_id", "late", "exptype", "exposure"])
    heads = rows.drop_duplicates("product_id")
    number = heads.groupby(["program", "asn_id", "asn_type"]).cumcount() + 1
    stem = "jw" + heads["program"] + "-" + heads["asn_id"] + "_" + heads["asn_type"]
    files = stem + "_" + number.astype(TEXT).str.zfill(5) + "_asn.json"
    by_product = dict(iter(rows.groupby("product_id", sort=False)))
    pairs = zip(files, heads["product_id"], strict=True)
    return {str(file): _write_document(by_product[product_id]) for file, product_id in pairs}


def _check(members: pd.DataFrame) -> None:
    """Refuse programs and observations that could not stand in the name of a file."""
    for column, form in _FORMS.items():
        odd = ~members[column].astype(TEXT).str.fullmatch(form).fillna(False).astype("bool")
        for row in members[odd].to_dict("records"):
            raise ValueError(f"exposure {row['exposure']!r}: {column} is not of the form {form}: {row[column]!r}")
    stated = members[["product_id", "program", "asn_id"]].drop_duplicates()
    for product_id in stated.loc[stated["product_id"].duplicated(), "product_id"]:
        raise ValueError(f"product {product_id!r}: more than one program or observation, or candidate")


def _write_document(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the association of one product, science members first."""
    head = rows.iloc[0]
    asn_id = str(head["asn_id"])
    kind = "observation" if asn_id.startswith("o") else "discovered" if asn_id.startswith("a") else "candidate"
    entries = [
        {"expname": e, "exptype": t, "exposerr": None, "asn_candidate": f"[('{asn_id}', '{kind}')]"}
        for e, t in zip(rows["expname"], rows["exptype"], strict=True)
    ]
    return {
        "asn_type": str(head["asn_type"]),
        "asn_rule": "skyscrub " + " ".join(sorted(set(rows.loc[rows["exptype"] == SCIENCE, "rule"]))),
        "version_id": None,
        "asn_pool": "none",
        "asn_id": asn_id,
        "program": str(head["program"]),
        "target": "none",
        "products": [{"name": str(head["product"]), "members": entries}],
    }


def save(associations: dict[str, dict[str, Any]], folder: Path, *, beside: bool = False) -> list[Path]:
    """Write associations into a folder, made if it is not there; return their paths.

    Args:
        associations: documents by the name of their file, see ``documents``.
        folder: where to.
        beside: whether others may be there, of other programs of the same run.

    Raises:
        FileExistsError: the folder has associations that would stay beside these; nothing is written then.
    """
    atomic.folder(folder, "json")
    for name in sorted(file.name for file in folder.glob("*_asn.json")):
        if name not in associations and not beside:
            raise FileExistsError(f"{folder / name} is an association of another run: remove it first")
    return [atomic.document(content, folder / name) for name, content in associations.items()]
