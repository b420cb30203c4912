"""What is compared: rule sets by name, folder, edition or git revision, each read at the editions in question."""

import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from scrub.tables import locate, rule_files, ruleset
from scrub.tables.declare import FILE
from scrub.tables.findings import refuse
from scrub.tables.in_force import version
from scrub.tables.locate import Location, NoSuchRulesError
from scrub.tables.rules import Rules

__all__ = ["Version", "checkout", "find_start", "is_at", "pairs", "read", "read_month"]


PATIENCE = 60  # seconds that git has for an answer
_NO_QUESTIONS = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ASKPASS": "", "GIT_OPTIONAL_LOCKS": "0"}


class Version(NamedTuple):
    """A rule set to compare: its label, the shipped set it is a version of, its editions; whether one was named."""

    label: str
    base: str
    editions: Mapping[str, Rules]
    is_one: bool


def read(name: str, *, beside: str = "", base: str = "jwst") -> Version:
    """Return a rule set to compare, at every edition or at the one that is named.

    Args:
        name: a rule set that ships, a folder, either with ``@EDITION`` behind it, an edition of the rule set
            ``beside``, a git revision (of the folder ``beside``; of a folder that is not there yet, the rule set that
            ships), or ``REVISION:FOLDER``.
        beside: what it is compared with.
        base: the rule set that a folder is a version of, where its name does not say.

    Raises:
        NoSuchRulesError: none of these.
        RuleError: a table that cannot be trusted.

    >>> version = read("jwst@2")
    >>> version.label, list(version.editions)
    ('jwst@2', ['2'])
    >>> list(read("1", beside="jwst").editions)
    ['1']
    """
    split = "@" in name and not _is_rules(name, base)
    stem, at, edition = name.rpartition("@") if split else (name, "", "")
    if _is_rules(stem, base):
        return _version(name, locate.locate(stem, base), edition if at else None)
    other = beside.rpartition("@")[0] or beside
    other = other if _is_rules(other, base) else base
    if not at and stem in ruleset.editions(rule_files.load(locate.locate(other, base))):
        return _version(f"{other}@{stem}", locate.locate(other, base), stem)
    revision, _, folder = stem.partition(":")
    where = Path(folder) if folder else _folder(other)
    try:
        _commit(where, revision)
    except NoSuchRulesError:
        hint = "" if folder else f"; of a git revision of another folder than {where} say REVISION:FOLDER"
        raise NoSuchRulesError(f"no rule set, folder with tables, edition or git revision {revision}{hint}") from None
    if not folder and not is_at(revision, where):
        return _version(f"{base}, as {where} is not at {revision}", locate.locate(base), None)
    with checkout(revision, where) as (path, inside):
        return _version(f"{revision}:{inside}{at}{edition}", locate.locate(path, base), edition if at else None)


def _is_rules(name: str, base: str) -> bool:
    try:
        locate.locate(name, base)
    except NoSuchRulesError:
        return False
    return bool(name)


def _folder(name: str) -> Path:
    """Return the folder of a rule set: its own, or that of the one that ships."""
    return locate.locate(name).folders[-1]


def _version(label: str, location: Location, edition: str | None) -> Version:
    sheets = rule_files.load(location)
    known = ruleset.editions(sheets)
    if edition is not None and edition not in known:
        raise NoSuchRulesError(f"no edition {edition} of {location.name}: there are {', '.join(known)}")
    built = ruleset.build_each(location.name, sheets, known if edition is None else [edition])
    faults = [f for sheet in sheets for f in sheet.findings]
    refuse([*location.faults, *faults, *(f for one in built.values() for f in one.findings)])
    return Version(label, location.base, {e: one.rules for e, one in built.items()}, edition is not None)


def pairs(old: Version, new: Version) -> list[tuple[str, str]]:
    """Return the editions to compare: those that are named; else each with itself, and the newest of both.

    Args:
        old: a rule set at its editions.
        new: another version of it.

    >>> pairs(read("jwst@1"), read("jwst"))
    [('1', '3')]
    >>> pairs(read("jwst"), read("jwst"))
    [('1', '1'), ('2', '2'), ('3', '3')]
    """
    newest = max(old.editions, key=version), max(new.editions, key=version)
    if old.is_one or new.is_one or old.base != new.base:
        return [newest]
    both = [(edition, edition) for edition in old.editions if edition in new.editions]
    return both if newest in both else [*both, newest]


@contextmanager
def checkout(revision: str, folder: Path) -> Iterator[tuple[Path, str]]:
    """Lay the tables of a folder at a git revision out in a temporary folder; give its path, and the folder's name.

    Args:
        revision: of git.
        folder: of tables, in a git repository.

    Raises:
        NoSuchRulesError: no such revision, or no such folder in it.
    """
    commit = _commit(folder, revision)
    top = Path(_git(folder if folder.is_dir() else Path.cwd(), "rev-parse", "--show-toplevel").strip())
    inside = folder.resolve() if folder.is_dir() else (top / folder)
    if not inside.is_relative_to(top.resolve()):
        raise NoSuchRulesError(f"{folder} is not in the git repository {top}")
    path = inside.relative_to(top.resolve()).as_posix()
    wanted = dict.fromkeys([path, *_list_beside(top, commit, path)])
    there = [p for p in wanted if p == "." or _is_there(top, commit, p)]
    if path not in there:
        raise NoSuchRulesError(f"no folder {path} at {revision}")
    with tempfile.TemporaryDirectory() as name:
        content = _run(top, "archive", "--format=tar", commit, "--", *there)
        _unpack(content, Path(name), revision)
        yield Path(name) / path, path


def _unpack(content: bytes, folder: Path, revision: str) -> None:
    """Write the files of an archive into a folder.

    Raises:
        NoSuchRulesError: a link that leads out of the revision, or an archive that cannot be read.
    """
    try:
        with tarfile.open(fileobj=BytesIO(content)) as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, OSError) as error:
        raise NoSuchRulesError(f"the tables at {revision} cannot be laid out: {error}") from None


def _list_beside(top: Path, commit: str, path: str) -> list[str]:
    """Return the paths beside a folder that its tables may need: declarations, common tables, other rule sets."""
    if path == ".":
        return []
    beside = PurePosixPath(path).parent
    declared = (beside / FILE).as_posix()
    text = _git(top, "show", f"{commit}:{declared}") if _is_there(top, commit, declared) else ""
    own = re.findall(r"(?m)^\s*\[\s*([\w-]+)", text)
    return [declared, *((beside / name).as_posix() for name in dict.fromkeys([locate.COMMON, *locate.sets(), *own]))]


def _is_there(top: Path, commit: str, path: str) -> bool:
    return bool(_git(top, "ls-tree", "--name-only", commit, "--", path).strip())


def _commit(folder: Path, revision: str) -> str:
    """Return the commit of a revision, in the repository of a folder (of the working folder, if it is not there)."""
    where = folder if folder.is_dir() else Path.cwd()
    return _git(where, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()


def find_start(folder: Path) -> str:
    """Return the commit from which the work on a folder of tables starts, if it differs from that; else a blank.

    That is where the branch left the default branch of ``origin``, or else the last commit. There is none outside a
    git repository, and for a folder that git does not track.

    Args:
        folder: of tables.

    >>> find_start(Path("no-such-folder"))
    ''
    """
    if not folder.is_dir():
        return ""
    for words in (("merge-base", "HEAD", "origin/HEAD"), ("rev-parse", "--verify", "--quiet", "HEAD")):
        try:
            commit = _git(folder, *words).strip()
            return commit[:12] if _git(folder, "diff", "--name-only", commit, "--", ".") else ""
        except NoSuchRulesError:
            continue
    return ""


def is_at(revision: str, folder: Path) -> bool:
    """Return whether a folder of tables is in a git revision.

    Args:
        revision: of git.
        folder: in the repository.
    """
    return bool(_git(folder, "ls-tree", "--name-only", _commit(folder, revision), "--", ".").strip())


def read_month(revision: str, folder: Path) -> str:
    """Return the year and month of a git revision (``2026-02``).

    Args:
        revision: of git.
        folder: in the repository.
    """
    return _git(folder, "show", "-s", "--format=%cs", "--end-of-options", revision).strip()[:7]


def _git(where: Path, *words: str) -> str:
    return _run(where, *words).decode("utf-8", errors="replace")


def _run(where: Path, *words: str) -> bytes:
    if any("\0" in word for word in words):
        raise NoSuchRulesError("no rule set, folder, edition or git revision has the character NUL in its name")
    command = ["git", "-C", str(where), *words]
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "env": {**os.environ, **_NO_QUESTIONS}, "timeout": PATIENCE}
    try:
        answer: bytes = subprocess.run(command, capture_output=True, check=True, **quiet).stdout  # noqa: S603
    except FileNotFoundError:
        raise NoSuchRulesError("git is not installed: name rule sets, folders or editions") from None
    except subprocess.TimeoutExpired:
        raise NoSuchRulesError(f"git {words[0]} {words[-1]}: no answer in {PATIENCE} seconds") from None
    except subprocess.CalledProcessError as error:
        message = error.stderr.decode("utf-8", errors="replace").strip() or "no such revision"
        raise NoSuchRulesError(
            f"no rule set, folder, edition or git revision: git {words[0]} {words[-1]}: {message}"
        ) from None
    return answer
