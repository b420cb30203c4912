"""Cut the goldens that ship out of the full ones.

    python tests/goldens/cut.py FULL OUT

FULL: ``jwst300/`` (``input.csv``, ``VERSION.groups.json``, ``VERSION.raw.json``, ``VERSION.encoded.json``) and ``hst/``
(``v114.json``, ``svmfiles/``). Products are taken whole, with all their exposures and all that the older toolkit
answered of them, number by number; nothing is computed here.
"""

import csv
import json
import shutil
import sys
from pathlib import Path

VERSIONS = ("v114", "v112")
KINDS_WHOLE = ("SPEC", "TAC", "FGS")
EVERY_IMAGE = 3  # of the images, whose products are many and alike, each third
EVERY_OTHER = 2  # of the exposures without a product, each second
FILES = ("json", "ibl738")
NOT_A_TARGET = ("boolean_encoder", "keymaker", "svm_qa_summary")


def read(path: Path) -> dict:
    return json.loads(path.read_text())


def chosen(groups: dict[str, dict]) -> set[str]:
    """Return the exposures of the products to keep: those of all versions, so that each product is whole in each."""
    kept: set[str] = set()
    for products in groups.values():
        for kind, members in products.items():
            names = sorted(members)
            some = names if kind in KINDS_WHOLE else names[::EVERY_IMAGE]
            kept |= {exposure for name in some for exposure in members[name]}
    whole = [set(members) for products in groups.values() for own in products.values() for members in own.values()]
    while more := [members for members in whole if members & kept and not members <= kept]:
        kept |= set().union(*more)
    return kept


def cut_version(folder: Path, version: str, kept: set[str]) -> dict[str, dict]:
    """Return what one version of the older toolkit answered of the products whose exposures are kept."""
    groups, raw, encoded = (read(folder / f"{version}.{name}.json") for name in ("groups", "raw", "encoded"))
    own = {
        kind: {name: members for name, members in products.items() if set(members) <= kept}
        for kind, products in groups.items()
    }
    return {
        "groups": own,
        "raw": {
            kind: {
                name: {key: value for key, value in raw[kind][name].items() if isinstance(value, float)}
                for name in products
            }
            for kind, products in own.items()
        },
        "encoded": {kind: rows_of(encoded[kind], set(products)) for kind, products in own.items()},
    }


def rows_of(table: dict, names: set[str]) -> dict:
    pairs = [(name, row) for name, row in zip(table["index"], table["data"], strict=True) if name in names]
    return {"columns": table["columns"], "index": [name for name, _ in pairs], "data": [row for _, row in pairs]}


def write(content: dict, path: Path) -> None:
    """Write JSON with a line for each entry of the two uppermost levels."""
    parts = [
        f"{json.dumps(key)}: {{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in part.items()) + "\n}"
        if isinstance(part, dict)
        else f"{json.dumps(key)}: {json.dumps(part)}"
        for key, part in content.items()
    ]
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n")


def cut_jwst(full: Path, out: Path) -> None:
    """Write exposures and answers of the products that are kept."""
    out.mkdir(parents=True, exist_ok=True)
    groups = {version: read(full / f"{version}.groups.json") for version in VERSIONS}
    kept = chosen(groups)
    grouped = {
        e for products in groups.values() for own in products.values() for members in own.values() for e in members
    }
    with (full / "input.csv").open(newline="") as stream:
        header, *rows = csv.reader(stream)
    others = [row for row in rows if row[0] not in grouped][::EVERY_OTHER]
    with (out / "input.csv").open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerows([header, *(row for row in rows if row[0] in kept or row in others)])
    for version in VERSIONS:
        for name, content in cut_version(full, version, kept).items():
            write(content, out / f"{version}.{name}.json")


def cut_hst(full: Path, out: Path) -> None:
    """Write all vectors that are a target, and the files that they were made from."""
    for name in FILES:
        shutil.copytree(full / "svmfiles" / name, out / "svmfiles" / name, dirs_exist_ok=True)
    for file in (full / "svmfiles").glob("*.ecsv"):
        shutil.copyfile(file, out / "svmfiles" / file.name)
    vectors = read(full / "v114.json")
    write({key: part for key, part in vectors.items() if key not in NOT_A_TARGET}, out / "v114.json")


def main(full: Path, out: Path) -> None:
    cut_jwst(full / "jwst300", out / "jwst300")
    cut_hst(full / "hst", out / "hst")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
