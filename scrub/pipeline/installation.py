"""The installation: versions, extras, and where rules and contracts come from."""

import platform
from collections.abc import Iterator
from importlib import metadata
from typing import NamedTuple

from packaging.requirements import Requirement

from scrub.files.shipped import find
from scrub.tables import RuleError, locate, read

NAME = "skyscrub"
_MADE_FOR = {"test", "s3-test", "dev", "docs", "all"}  # extras of those who build skyscrub, and the sum of the others


class Installation(NamedTuple):
    """What is here: the version of each package, what each extra lacks, the rule sets, and what is wrong."""

    versions: dict[str, str]
    extras: dict[str, list[str]]
    folders: dict[str, str]
    rules: dict[str, str]
    faults: list[str]


def describe() -> Installation:
    """Return what is installed here; ``faults`` names what keeps skyscrub from working.

    >>> installation = describe()
    >>> installation.rules["hst_cal"], installation.faults
    ('edition 1', [])
    """
    needs = [Requirement(text) for text in metadata.requires(NAME) or ()]
    plain = [need for need in needs if _is_asked(need, "")]
    extras = [extra for extra in metadata.metadata(NAME).get_all("Provides-Extra", []) if extra not in _MADE_FOR]
    faults = [fault for need in plain for fault in _find_faults(need)]
    rules: dict[str, str] = {}
    for name in locate.sets():
        try:
            rules[name] = f"edition {read(name, base=name).edition}"
        except RuleError as error:
            faults.append(f"rules {name}: {error}")
    return Installation(
        {"Python": platform.python_version(), NAME: metadata.version(NAME)}
        | {need.name: _find_version(need.name) or "not installed" for need in plain},
        {
            extra: [fault for need in needs if _is_asked(need, extra) for fault in _find_faults(need)]
            for extra in sorted(extras)
        },
        {name: str(find(name)) for name in ("rules", "schemas")},
        rules,
        faults,
    )


def list_lines(installation: Installation) -> Iterator[str]:
    """Yield an installation as lines to read.

    Args:
        installation: as ``describe`` gives it.
    """
    yield from (f"{name} {version}" for name, version in installation.versions.items())
    for extra, lacks in installation.extras.items():
        rest = f"{', '.join(lacks)}: pip install '{NAME}[{extra}]'"
        yield f"extra {extra}: {rest if lacks else 'installed'}"
    yield from (f"{name} from {folder}" for name, folder in installation.folders.items())
    yield from (f"rules {name}: {what}" for name, what in installation.rules.items())
    yield from (f"fault: {fault}" for fault in installation.faults)


def _is_asked(need: Requirement, extra: str) -> bool:
    """Return whether a requirement is one of an extra, or, for a blank one, of every installation."""
    plain = need.marker is None or need.marker.evaluate({"extra": ""})
    return plain if not extra else not plain and need.marker is not None and need.marker.evaluate({"extra": extra})


def _find_faults(need: Requirement) -> list[str]:
    """Return what is wrong with an installed package: nothing, or one sentence."""
    version = _find_version(need.name)
    if version is None:
        return [f"{need.name} is not installed"]
    kept = need.specifier.contains(version, prereleases=True)
    return [] if kept else [f"{need.name} {version} is installed, {need.specifier} is required"]


def _find_version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
