"""What the site has beside the pages here: pages from elsewhere in the project, the rule tables, the data dictionary.

mkdocs calls ``on_files`` (``hooks`` in mkdocs.yml). Nothing is written into this folder.
"""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from scrub import tables
from scrub.contracts.export import export
from scrub.contracts.fields import read_fields
from scrub.files.shipped import find
from scrub.on_data import gate
from scrub.report.rule_pages import make_pages
from scrub.tables import locate

TOP = Path(__file__).resolve().parents[1]
COPIES = {
    "rules-guide.md": "rules/README.md",
    "changelog.md": "CHANGELOG.md",
    "contributing.md": "CONTRIBUTING.md",
    "security.md": "SECURITY.md",
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Return the files of the site with those that are made."""
    pages = {name: _relink((TOP / path).read_text(encoding="utf-8")) for name, path in COPIES.items()}
    rule_pages = make_pages([locate.locate(name) for name in locate.sets()])
    pages |= {f"rules/{name}": page for name, page in rule_pages.items()}
    pages["data-dictionary.md"] = "\n".join(describe_contracts())
    for name, content in pages.items():
        files.append(File.generated(config, name, content=content))
    return files


def _relink(text: str) -> str:
    """Return a page with its links as they are from the folder of the site."""
    names = {path: name for name, path in COPIES.items()} | {"README.md": "index.md"}
    text = re.sub(r"\]\(docs/", "](", text)
    for path, name in names.items():
        text = text.replace(f"]({path}", f"]({name}")
    return text


def describe_contracts() -> list[str]:
    """Return the data dictionary: each contract as ``skyscrub contracts export`` prints it."""
    lines = [
        "# Data dictionary",
        "",
        "The columns of each table, by contract. `skyscrub contracts export` prints the same.",
    ]
    folder = find("schemas")
    for file in sorted(file for file in folder.glob("*/*.yaml") if file.parent.name != "rules"):
        stage = file.relative_to(folder).with_suffix("").as_posix()
        sheet = read_fields(gate.read_stage(stage, lambda base: tables.read(base, base=base)).contract)
        lines += ["", "#" + export(sheet, "markdown", version="")]  # its title one level down
    return lines
