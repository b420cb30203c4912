"""The account of a run: what came in, what became of it, and by which rules and contracts."""

from collections.abc import Mapping, Sequence

import pandas as pd

from scrub.contracts import ledger
from scrub.pipeline import stamp
from scrub.tables import Rules


def account(
    rules: Rules,
    folder: str,
    handle_unknown: str,
    files: int,
    rejected: pd.DataFrame,
    parts: Mapping[str, Mapping[str, int]],
    sha256: str = "",
    passed_over: Sequence[str] = (),
) -> ledger.Ledger:
    """Return the ledger of a run: each number is counted where it arises, and must add up.

    Args:
        rules: the rule set of the run.
        folder: its contracts, a folder of ``schemas/``.
        handle_unknown: the policy for words without a code.
        files: how many files there were.
        rejected: every reject; those of the stage ``files`` are files.
        parts: for each thing that is counted (exposures, products, datasets) what came in, then what became of it.
        sha256: of the input, as ``load`` gives it; blank for a frame.
        passed_over: folders that nobody looked into.

    Raises:
        AssertionError: a part does not add up, which is a fault of this library.

    >>> from scrub import hst_cal
    >>> from scrub.frames.rejects import none_rejected
    >>> parts = {"datasets": {"in": 1, "features": 1, "rejected": 0}}
    >>> account(hst_cal.read_rules(), "hst_cal", "error", 0, none_rejected(), parts)["files"]
    {'found': 0, 'read': 0, 'unreadable': 0}
    """
    unreadable = int((rejected["stage"] == "files").sum())
    return ledger.close(
        {
            "rules": rules.name,
            "edition": rules.edition,
            "handle_unknown": handle_unknown,
            "files": {"found": files, "read": files - unreadable, "unreadable": unreadable},
            **({"not_looked_into": list(passed_over)} if passed_over else {}),
            **{name: dict(counts) for name, counts in parts.items()},
            **({"input": {"sha256": sha256}} if sha256 else {}),
            "fingerprint": stamp.entry(rules, folder),
        }
    )


def count_datasets(came: int, features: pd.DataFrame, rejected: pd.DataFrame, copies: int) -> dict[str, dict[str, int]]:
    """Return what became of data sets, as ``account`` takes it.

    Args:
        came: how many data sets came in.
        features: one row a data set.
        rejected: every reject; those of the stage ``files`` are files, the others data sets.
        copies: how many rows said what another of the same name said.

    >>> from scrub.frames.rejects import none_rejected
    >>> count_datasets(1, pd.DataFrame({"numexp": [2]}), none_rejected(), 0)
    {'datasets': {'in': 1, 'features': 1, 'rejected': 0, 'duplicates': 0}}
    """
    lost = int((rejected["stage"] != "files").sum())
    return {"datasets": {"in": came, "features": len(features), "rejected": lost, "duplicates": copies}}
