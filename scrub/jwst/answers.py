"""Answers: every frame that the pipeline gives for headers, and the account of what became of them."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from scrub.contracts.ledger import Ledger
from scrub.contracts.stage import bind, follow
from scrub.files.table_files import Track, untracked
from scrub.frames.arrays import Columns, count_rows, make_frame, read_raw
from scrub.frames.encode import HandleUnknown
from scrub.frames.rejects import arrange, join
from scrub.frames.summaries import show_answer, show_answer_as_html
from scrub.jwst.agreements import find_new_words
from scrub.jwst.candidates import OBSERVATIONS
from scrub.jwst.exposures import count_copies
from scrub.jwst.features import features, split_groups
from scrub.jwst.groups import list_members
from scrub.jwst.inputs import Inputs
from scrub.jwst.pipeline import steps
from scrub.jwst.products import products
from scrub.pipeline.account import account
from scrub.pipeline.marks import mark
from scrub.tables import Rules


class Answer(NamedTuple):
    """The frames of a run, and its ledger."""

    exposures: pd.DataFrame
    members: pd.DataFrame
    products: pd.DataFrame
    features: dict[str, pd.DataFrame]
    rejected: pd.DataFrame
    ledger: Ledger

    def __repr__(self) -> str:
        """Return how many rows each frame has, as one line."""
        return show_answer(self)

    def _repr_html_(self) -> str:
        """Return the same for notebooks, as a table."""
        return show_answer_as_html(self)


def answer_inputs(
    rules: Rules,
    read: Inputs,
    *,
    handle_unknown: HandleUnknown = "error",
    candidates: str = OBSERVATIONS,
    fast: bool = False,
    track: Track = untracked,
) -> Answer:
    """Return every frame of the pipeline for headers that were read, and the ledger.

    Args:
        rules: a JWST rule set.
        read: as ``jwst.load`` gives it.
        handle_unknown: ``error`` or ``use_encoded_value``, for words without a code.
        candidates: of what products are made, as ``group`` takes it; beyond ``o`` the ledger says so.
        fast: whether packed files were read no further than their headers, for the ledger.
        track: wraps the iteration over stages, to show progress.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules()
    >>> answer_inputs(rules, jwst.load(rules, jwst.example(rules))).products.index.tolist()
    ['jw01018-o006_t1_niriss_clear-f200w']
    """
    bound = bind(steps(rules, handle_unknown=handle_unknown, candidates=candidates))
    (typed, members, measured, encoded), aside = follow(bound, read_raw(read.headers), track=track)
    rejected = arrange(join([read.rejected, aside]))
    counts = _count(read, members, encoded, rejected, count_copies(rules, read.headers))
    answer = Answer(
        make_frame(typed),
        list_members(members),
        make_frame(measured).set_index("product_id"),
        split_groups(rules, encoded),
        rejected,
        account(rules, "jwst", handle_unknown, read.files, rejected, counts, read.sha256, read.passed_over)
        | {"fast": fast, "cached": read.cached, "new_words": find_new_words(rules, typed)}
        | ({} if candidates == OBSERVATIONS else {"candidates": candidates}),
    )
    return mark(answer)


def _count(
    read: Inputs, members: Columns, encoded: Columns, rejected: pd.DataFrame, copies: int
) -> dict[str, dict[str, int]]:
    """Return how many exposures and products came in, and what became of them."""
    stages = rejected["stage"]
    late = stages.isin([products.returns, features.returns])
    in_product = np.asarray(pd.notna(members["product_id"]))
    with_product = len(pd.unique(members["exposure"][in_product]))
    lacking = ~in_product & np.asarray(pd.notna(members["lacking"])) if "lacking" in members else None
    unknown = {} if lacking is None else {"unknown": int(np.count_nonzero(lacking))}
    return {
        "exposures": {
            "in": read.exposures,
            "products": with_product,
            "left_out": int((~in_product).sum()) - sum(unknown.values()),
            **unknown,
            "rejected": int((~late & (stages != "files")).sum()),
            "duplicates": copies,
        },
        "products": {
            "in": len(pd.unique(members["product_id"][in_product])),
            "features": count_rows(encoded),
            "rejected": int(late.sum()),
        },
    }
