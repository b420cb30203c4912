"""Targets: what kind of thing a mosaic was pointed at, as the archive has it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from scrub.contracts.stage import stage
from scrub.files.table_files import SourceError, read_whole
from scrub.frames.cells import TEXT, text
from scrub.frames.rejects import Fault, Split, set_aside
from scrub.hst_svm.mosaics import split_index
from scrub.pipeline.column_names import name_columns
from scrub.pipeline.kinds import parse
from scrub.tables import Rules, words
from scrub.tables.patterns import fold

_STAGE = "hst_svm/targets"

Classify = Callable[[pd.DataFrame], "pd.Series | pd.DataFrame"]


@stage("hst_svm/alignments", _STAGE)
def targets(rules: Rules, alignments: pd.DataFrame, *, classify: Classify | None = None) -> Split:
    """Return mosaics with the category of their target, in full; where nobody knows it, UNIDENTIFIED.

    Each distinct target has one question: by its name, or by proposal and position (rule table ``questions``).

    Args:
        rules: an HST mosaic rule set.
        alignments: mosaics under the contract ``hst_svm/alignments``.
        classify: takes the distinct targets (question, targname, proposal, ra_targ, dec_targ) and returns
            their categories in the same order, missing where there is no answer; or a frame with
            ``category`` and ``reason``, where a reason rejects the rows of its target. Without it the
            mosaics must have the column ``category``.

    Raises:
        ContractError: no column and no ``classify``; when called directly, if any row is rejected.

    >>> from scrub import hst_svm
    >>> rules = hst_svm.read_rules()
    >>> table = hst_svm.alignments(rules, hst_svm.mosaics(rules, hst_svm.example(rules)))
    >>> classify = lambda each: pd.Series(["GALAXY;SPIRAL"] * len(each))
    >>> targets(rules, table, classify=classify)["category"].tolist()
    ['GALAXY;SPIRAL']
    """
    faults = []
    frame = alignments
    if classify is not None:
        question = write_questions(rules, frame)
        codes, distinct = pd.factorize(question)
        each = _list_targets(rules, frame.assign(question=question))
        each = each.drop_duplicates("question").dropna(subset="question")
        classes = classify(each.reset_index(drop=True)) if len(each) else pd.Series([], dtype=TEXT)
        classes = classes.to_frame("category") if isinstance(classes, pd.Series) else classes
        if len(classes) != len(distinct):
            raise SourceError(f"{len(distinct)} targets have a question, {len(classes)} an answer")
        reasons = classes["reason"] if "reason" in classes else pd.Series("", index=classes.index)
        reason = _take_answers(reasons, codes, frame)
        frame = frame.assign(category=_take_answers(classes["category"], codes, frame))
        faults = [Fault(reason == r, r, "targname", frame["targname"]) for r in reason.dropna().unique() if r]
    if "category" in frame:
        category = frame["category"].astype(TEXT).str.strip()
        frame = frame.assign(category=category.mask(category == "").fillna(get_setting(rules, "unanswered")))
    last = ["category", "label"]
    frame = frame[[*(c for c in frame.columns if c not in last), *(c for c in last if c in frame)]]
    return set_aside(frame, _STAGE, faults)


def _take_answers(answers: pd.Series, codes: "np.ndarray[Any, Any]", frame: pd.DataFrame) -> pd.Series:
    """Return the answer for each row's target; missing where the target has no question."""
    cells = pd.Series([*answers.astype("object").where(answers.notna(), None), None], dtype=TEXT)
    return cells.take(codes).set_axis(frame.index)


def _list_targets(rules: Rules, frame: pd.DataFrame) -> pd.DataFrame:
    proposal = frame["proposal"] if "proposal" in frame else split_index(rules, frame["index"])["proposal"]
    return frame.assign(proposal=proposal)[["question", "targname", "proposal", "ra_targ", "dec_targ"]]


def write_questions(rules: Rules, frame: pd.DataFrame) -> "pd.Series[str]":
    """Return the question for each row's target: ``name …``, or ``position`` with proposal, RA and Dec.

    A target without a name and without a position has no question.

    Args:
        rules: an HST mosaic rule set.
        frame: targname, ra_targ, dec_targ (degrees), and index or proposal.

    >>> from scrub import hst_svm
    >>> row = {"targname": "ANY", "proposal": "12286", "ra_targ": 262.4699055743, "dec_targ": 52.32648710525}
    >>> write_questions(hst_svm.read_rules(), pd.DataFrame([row, {**row, "targname": "M-1"}])).tolist()
    ['position 12286 262.469906 52.326487', 'name M-1']
    """
    name = frame["targname"].astype(TEXT).str.upper()
    rows = rules["questions"].rows
    how = fold(rows["pattern"].tolist(), rows["question"].tolist(), name)
    proposal = frame["proposal"] if "proposal" in frame else split_index(rules, frame["index"])["proposal"]
    decimals = int(get_setting(rules, "decimals"))
    position = "position " + proposal
    for axis in ("ra_targ", "dec_targ"):
        position = (
            position + " " + frame[axis].map(lambda angle: f"{angle:.{decimals}f}", na_action="ignore").astype(TEXT)
        )
    return (how + " " + name).mask(how == "position", position)


def get_setting(rules: Rules, name: str) -> str:
    """Return a setting of the rule table ``mast``.

    Args:
        rules: an HST mosaic rule set.
        name: of the setting.
    """
    return str(rules["mast"].column("value")[name])


def from_table(rules: Rules, source: pd.DataFrame | str | Path) -> Classify:
    """Return a function that answers from a table of classes, for the step ``targets``.

    Args:
        rules: an HST mosaic rule set.
        source: a frame or a table file: targname and category; for targets without a name
            also proposal, ra_targ and dec_targ (degrees).

    Raises:
        SourceError: no such table, a torn line, a column that lacks or whose name is in doubt, a row without a name and
            a position, a position that is no number, or two categories of one target.

    >>> from scrub import hst_svm
    >>> classify = from_table(hst_svm.read_rules(), pd.DataFrame({"TARGNAME": ["M-1"], "category": ["ISM"]}))
    >>> classify(pd.DataFrame({"question": ["name M-1", "name M-2"]})).tolist()
    ['ISM', nan]
    """
    raw = source if isinstance(source, pd.DataFrame) else read_whole(Path(source))
    wanted = ["targname", "category", "proposal", "ra_targ", "dec_targ"]
    frame = name_columns(rules, raw, wanted, what="the table of classes")
    lacking = [column for column in wanted[:2] if column not in frame]
    if lacking:
        raise SourceError(f"the table of classes has no column {', '.join(lacking)}")
    spellings = words(rules)
    frame = frame.reindex(columns=wanted)
    read = {c: text(spellings, frame[c]) for c in ("targname", "proposal")} | {"category": frame["category"]}
    for axis in ("ra_targ", "dec_targ"):
        read[axis], unreadable = parse(spellings, frame[axis], "ra")
        for number in np.flatnonzero(unreadable)[:1]:
            raise SourceError(
                f"the table of classes: row {number + 1}: {axis} is not a number: {frame[axis].iloc[number]!r}"
            )
    known = pd.DataFrame(read).assign(question=lambda f: write_questions(rules, f))
    for number in np.flatnonzero(known["question"].isna() & text(spellings, frame["category"]).notna())[:1]:
        raise SourceError(f"the table of classes: row {number + 1}: neither a targname nor a position")
    pairs = known[["question", "category"]].drop_duplicates()
    for question in pairs.loc[pairs["question"].duplicated(), "question"]:
        raise SourceError(f"the table of classes has two categories for {question}")
    return partial(_look_up, pairs.set_index("question")["category"])


def _look_up(known: pd.Series, targets: pd.DataFrame) -> pd.Series:
    return targets["question"].map(known)
