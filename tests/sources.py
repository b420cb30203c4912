"""Whether each source of a rule leads to its fact: the file is opened, names and words of the row are looked for in it.

    python -m tests.sources FOLDER

FOLDER is where the packages that rules cite are installed, each version by itself and without what it depends on; those
that are not there yet are installed. Prints each row whose source lacks a name or a word, as FILE:LINE, and how many
sources were opened. A source that is no file of a package (documentation, change notes) is counted and left out.
"""

import csv
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.data import TOP

CITED = re.compile(
    r"(?P<package>[a-z]+) (?P<version>\d+\.\d+\.\d+) (?P<file>[\w/]+\.(?:py|schema|tpn))(?: (?P<names>.+))?"
)
OWN = re.compile(r"skyscrub (?P<file>[\w/.]+)")
BETWEEN = "; "
NO_FACT = {"source", "note", "since", "until"}
WORD = re.compile(r"[A-Z][A-Z0-9_+-]*[A-Z0-9]")


class Citation(NamedTuple):
    """A file of a package, and the names in it; of the repository, if ``package`` is blank."""

    package: str
    file: str
    names: tuple[str, ...]


class Source(NamedTuple):
    """Where a row says its fact stands, the text of that cell, and the words of the row."""

    place: str
    cell: str
    citations: tuple[Citation, ...]
    words: tuple[str, ...]


def list_sources() -> tuple[list[Source], int]:
    """Return the sources that are files, and how many others there are."""
    sources, others = [], 0
    for table in sorted((TOP / "rules").glob("*/*.csv")):
        with table.open(encoding="utf-8", newline="") as stream:
            for number, row in enumerate(csv.DictReader(stream), 2):
                cell = row.get("source") or ""
                citations = tuple(filter(None, map(cite, cell.split(BETWEEN))))
                if any(citation.package for citation in citations):
                    place = f"{table.relative_to(TOP).as_posix()}:{number}"
                    sources.append(Source(place, cell, citations, words_of(row)))
                else:
                    others += bool(cell)
    return sources, others


def cite(part: str) -> Citation | None:
    """Return the file that a part of a source names; None where it names none."""
    if cited := CITED.fullmatch(part):
        package, version, file, names = cited.groups()
        return Citation(f"{package}-{version}", file, tuple((names or "").split()))
    own = OWN.fullmatch(part)
    return Citation("", own["file"], ()) if own else None


def words_of(row: dict[str, str]) -> tuple[str, ...]:
    """Return the words of headers in a row, which its source must hold; none where it says that there is none."""
    if "none" in row.values():
        return ()
    cells = " ".join(cell for column, cell in row.items() if cell and column not in NO_FACT)
    return tuple(dict.fromkeys(WORD.findall(cells)))


def install(folder: Path) -> None:
    """Install the packages that are cited and not there, each version in a folder of its own."""
    for package in sorted({citation.package for source in list_sources()[0] for citation in source.citations} - {""}):
        if not (folder / package).exists():
            command = [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--no-deps",
                "--target",
                str(folder / package),
            ]
            subprocess.run([*command, "==".join(package.rsplit("-", 1))], check=True)


def find_faults(folder: Path) -> Iterator[str]:
    """Yield what is wrong with each source, as FILE:LINE and a sentence."""
    for source in list_sources()[0]:
        texts = {
            citation: read(folder / citation.package if citation.package else TOP, citation.file)
            for citation in source.citations
        }
        lacking = [f"no file {citation.file} in {citation.package}" for citation, text in texts.items() if text is None]
        lacking += [
            f"no {name} in {citation.file}"
            for citation, text in texts.items()
            for name in citation.names
            if name not in (text or "")
        ]
        every = "\n".join([source.cell, *(text or "" for text in texts.values())]).lower()
        lacking += [f"no {word}" for word in source.words if word.lower() not in every]
        if lacking:
            yield f"{source.place}: {source.cell!r}: {', '.join(lacking)}"


@cache
def read(root: Path, file: str) -> str | None:
    """Return the text of a file of an installed package, or of the repository; None where there is none."""
    name = f"{file}.yaml" if file.endswith(".schema") else file
    if root == TOP:
        found = [TOP / name] if (TOP / name).is_file() else []
    else:
        found = [path for path in root.rglob(Path(name).name) if path.as_posix().endswith(f"/{name}")]
    return found[0].read_text(encoding="utf-8") if found else None


def main(folder: Path) -> int:
    install(folder)
    faults = list(find_faults(folder))
    print("\n".join(faults))
    sources, others = list_sources()
    print(f"{len(sources)} sources opened, {len(faults)} lack something; {others} are no files of packages")
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
