"""Differences between rule sets: which cases they answer differently.

>>> from scrub.tables import diff
>>> changes = diff.rule_sets(diff.read("jwst@1"), diff.read("jwst@2"))
>>> changes.groupby("kind", sort=False).size().to_dict()
{'REGROUP': 2, 'RENAME': 2, 'APPEND': 1}
"""

import pandas as pd

from scrub.frames.cells import TEXT
from scrub.tables.diff.compare import KINDS, Change, compare
from scrub.tables.diff.versions import Version, pairs, read

__all__ = ["KINDS", "Change", "Version", "compare", "pairs", "read", "rule_sets", "versions"]


def versions(old: str, new: str) -> tuple[Version, Version]:
    """Return two rule sets to compare, each understood beside the other: see ``read``.

    Args:
        old: a rule set, folder, edition or git revision.
        new: another.

    >>> [version.label for version in versions("1", "jwst@2")]
    ['jwst@1', 'jwst@2']
    """
    later = read(new, beside=old)
    return read(old, beside=new, base=later.base), later


def rule_sets(old: Version, new: Version) -> pd.DataFrame:
    """Return every change between two rule sets: kind, table, case, was, now, old_rule, new_rule, editions.

    Where no edition is named, each is compared with itself, and the newest with the newest; a change that several of
    them have is one row.

    Args:
        old: a rule set at its editions.
        new: another version of it.
    """
    changes: dict[Change, list[str]] = {}
    for before, after in pairs(old, new):
        for change in compare(old.editions[before], new.editions[after]):
            changes.setdefault(change, []).append(before if before == after else f"{before} to {after}")
    rows = [(*change, ", ".join(editions)) for change, editions in changes.items()]
    return pd.DataFrame(rows, columns=[*Change._fields, "editions"], dtype=TEXT)
