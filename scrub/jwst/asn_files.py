"""Association files (``*_asn.json``): read Level-3 associations to a frame, and write predictions as such files."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from scrub.files import atomic
from scrub.files.table_files import SourceError
from scrub.frames.rejects import none_rejected, reject
from scrub.tables import Rules
from scrub.tables.findings import RuleError

STAGE = "associations"
SCIENCE = "science"
COLUMNS = [
    "pool", "asn_name", "asn_rule", "asn_type", "asn_id", "cand_type", "program", "product", "expname", "exposure",
    "exptype",
]  # fmt: skip
_FIELDS = ("asn_pool", "asn_rule", "asn_type", "asn_id", "program")
_EXPNAME = re.compile(r"(.+)_[^_]+\.fits(?:\.gz)?")
_DIGITS = {"program": "[0-9]{5}", "observation": "[0-9]{3}"}


class Associations(NamedTuple):
    """Members of Level-3 associations, the files that could not be read, and how many files there were."""

    members: pd.DataFrame
    rejected: pd.DataFrame
    files: int
    level3: int


class _FileError(ValueError):
    """A file that is no association: why, in which field, and what stands there."""

    def __init__(self, reason: str, field: str = "", value: Any = "") -> None:
        super().__init__(f"{field}: {reason}: {value!r}")
        self.reason, self.field, self.value = reason, field, value


def read(rules: Rules, path: Path) -> Associations:
    """Return the members of every Level-3 association in a folder; other associations are passed over.

    Args:
        rules: a rule set, for the table ``association_kinds``: which fields make an association Level-3, and the
            kind of candidate behind it.
        path: a folder, searched to its bottom for ``*_asn.json``, or one file.

    Returns:
        members, a row a member of a product: pool, asn_name, asn_rule, asn_type, asn_id, cand_type, program,
        product, expname, exposure (expname without its last ``_suffix.fits``), exptype. A bad file is a row of
        ``rejected``, and none of its members is there.

    Raises:
        SourceError: no such folder or file, or no association in it.
    """
    files = sorted(path.rglob("*_asn.json")) if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise SourceError(f"{path}: no file *_asn.json" if path.is_dir() else f"{path}: no such file or folder")
    frames, told = [], [none_rejected()]
    for file in files:
        name = file.relative_to(path).as_posix() if path.is_dir() else file.name
        try:
            frames.append(_members(rules, name, _parsed(file)))
        except _FileError as error:
            row = pd.DataFrame({"what": [name]}, dtype="str")
            told.append(reject(row, STAGE, error.reason, error.field, [str(error.value)[:200]]))
    whole = [frame for frame in frames if len(frame)]
    members = pd.concat(whole, ignore_index=True) if whole else pd.DataFrame(columns=COLUMNS, dtype="str")
    return Associations(members, pd.concat(told, ignore_index=True), len(files), len(whole))


def _parsed(file: Path) -> dict[str, Any]:
    """Return what a file says, if it is a JSON object."""
    try:
        content = json.loads(file.read_bytes())
    except OSError as error:
        raise _FileError("not readable", "", error.strerror) from None
    except (ValueError, RecursionError) as error:
        raise _FileError("not JSON", "", error) from None
    if not isinstance(content, dict):
        raise _FileError("no association: not an object", "", type(content).__name__)
    return content


def _members(rules: Rules, name: str, content: dict[str, Any]) -> pd.DataFrame:
    """Return the members of one association; none where it is not Level-3."""
    fields = {field: _text(content.get(field, ""), field, may_lack=True) for field in _FIELDS}
    told = kinds(rules, fields)
    if "level3" not in (told["asn_type"], told["asn_rule"]):
        return pd.DataFrame(columns=COLUMNS, dtype="str")
    if not told["asn_id"]:
        raise _FileError("not the id of a candidate", "asn_id", fields["asn_id"])
    rows = [
        (product, expname, _exposure(expname, exptype, place), exptype)
        for product, expname, exptype, place in _listed(content)
    ]
    frame = pd.DataFrame(rows, columns=["product", "expname", "exposure", "exptype"], dtype="str")
    stated = {field: fields[field] for field in _FIELDS[1:]}
    pool = fields["asn_pool"].removesuffix(".csv")
    whole = frame.assign(**stated, pool=pool, asn_name=name.removesuffix(".json"), cand_type=told["asn_id"])
    return whole[COLUMNS].astype("str")


def kinds(rules: Rules, fields: dict[str, str]) -> dict[str, str]:
    """Return what each field says of its association by ``association_kinds``; blank where no row fits.

    >>> from scrub import jwst
    >>> kinds(jwst.read_rules(), {"asn_id": "o006", "asn_type": "image2"})
    {'asn_id': 'observation', 'asn_type': ''}
    """
    told = dict.fromkeys(fields, "")
    for row in rules["association_kinds"].records():
        try:
            fits = re.fullmatch(row["pattern"], fields.get(row["field"], ""))
        except re.error as error:
            raise RuleError(f"{row['rule']}: pattern: {error}: {row['pattern']!r}") from None
        if fits and not told.get(row["field"], "set"):
            told[row["field"]] = row["kind"]
    return told


def _listed(content: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the product, expname, exptype and place of each member."""
    for i, product in enumerate(_list(content, "products", "")):
        name = _text(_entry(product, f"products[{i}]").get("name"), f"products[{i}].name")
        for j, member in enumerate(_list(product, "members", f"products[{i}].")):
            place = f"products[{i}].members[{j}]"
            told = [_text(_entry(member, place).get(key), f"{place}.{key}") for key in ("expname", "exptype")]
            yield name, told[0], told[1].lower(), place


def _entry(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _FileError("not an object", place, value)
    return value


def _list(entry: dict[str, Any], key: str, place: str) -> list[Any]:
    value = entry.get(key)
    if not isinstance(value, list) or not value:
        told = ("missing", "") if value is None else ("no list of entries", value)
        raise _FileError(told[0], place + key, told[1])
    return value


def _text(value: Any, place: str, *, may_lack: bool = False) -> str:
    if value is None or value == "":
        if may_lack:
            return ""
        raise _FileError("missing", place)
    if not isinstance(value, str):
        raise _FileError("not text", place, value)
    return value


def _exposure(expname: str, exptype: str, place: str) -> str:
    """Return the name of an exposure; what is no science and named otherwise (a catalog) keeps its name."""
    last = re.split(r"[/\\]", expname)[-1]
    found = _EXPNAME.fullmatch(last)
    if not found and exptype == SCIENCE:
        raise _FileError("not a name like exposure_suffix.fits", f"{place}.expname", expname)
    return found.group(1) if found else last


def documents(members: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return an association for each product, by the name of its file.

    Args:
        members: as ``jwst.associations`` gives them: a row a member, with product_id, product, exposure, exptype
            (``science``, ``psf``, ``background``), rule, program (five digits), observation (three), asn_type, suffix.

    Returns:
        For each product_id, in order, a document of the published Level-3 form. Files are named as the
        observatory's, without a time: ``jw01018-o006_image3_00001_asn.json``, numbered by product_id.

    Raises:
        ValueError: a program or observation that is not of its form, or differs within one product.
    """
    _check(members)
    rows = members.assign(expname=members["exposure"] + "_" + members["suffix"] + ".fits")
    rows = rows.assign(late=rows["exptype"] != SCIENCE).sort_values(["product_id", "late", "exptype", "exposure"])
    heads = rows.drop_duplicates("product_id")
    place = heads.groupby(["program", "observation", "asn_type"]).cumcount() + 1
    stem = "jw" + heads["program"] + "-o" + heads["observation"] + "_" + heads["asn_type"]
    files = stem + "_" + place.astype("str").str.zfill(5) + "_asn.json"
    by_product = dict(iter(rows.groupby("product_id", sort=False)))
    pairs = zip(files, heads["product_id"], strict=True)
    return {str(file): _document(by_product[product_id]) for file, product_id in pairs}


def _check(members: pd.DataFrame) -> None:
    """Refuse programs and observations that could not stand in the name of a file."""
    for column, form in _DIGITS.items():
        odd = ~members[column].astype("str").str.fullmatch(form).fillna(False).astype("bool")
        for row in members[odd].to_dict("records"):
            raise ValueError(f"exposure {row['exposure']!r}: {column} is not of the form {form}: {row[column]!r}")
    stated = members[["product_id", *_DIGITS]].drop_duplicates()
    for product_id in stated.loc[stated["product_id"].duplicated(), "product_id"]:
        raise ValueError(f"product {product_id!r}: more than one program or observation")


def _document(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the association of one product, science members first."""
    head = rows.iloc[0]
    asn_id = f"o{head['observation']}"
    entries = [
        {"expname": e, "exptype": t, "exposerr": None, "asn_candidate": f"[('{asn_id}', 'observation')]"}
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


def save(associations: dict[str, dict[str, Any]], folder: Path) -> list[Path]:
    """Write associations into a folder, made if it is not there; return their paths.

    Raises:
        FileExistsError: the folder has associations that would stay beside these; nothing is written then.
    """
    atomic.folder(folder, "json")
    for name in sorted(file.name for file in folder.glob("*_asn.json")):
        if name not in associations:
            raise FileExistsError(f"{folder / name} is an association of another run: remove it first")
    return [atomic.document(content, folder / name) for name, content in associations.items()]
