"""The pipelines: for each rule set the telescope that runs it. A new telescope is one more row."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub import hst_cal, hst_svm
from scrub.files.table_files import Track
from scrub.frames.cells import TEXT
from scrub.jwst import gate
from scrub.jwst import reasons as jwst_reasons
from scrub.jwst import saved as jwst_saved
from scrub.jwst import why as jwst_why
from scrub.jwst.saved import Footprint
from scrub.jwst.show import show as show_jwst
from scrub.on_data import own_rules
from scrub.pipeline.reasons import Explained, Run, cite_features, cite_word
from scrub.tables import Rules
from scrub.tables.locate import Location
from scrub.tables.rule_files import list_likes

Input = pd.DataFrame | str | Path


class Saved(NamedTuple):
    """What a telescope saves of a run, and what a report can make of that.

    ``folder`` is that of its contracts. ``contracts`` has the contract of each table by the name before its first
    ``-`` (``features-image`` is ``features``). ``results`` is the table that features are made of, ``shown`` the
    columns of it that a page lists (all if none is named), and ``offsets`` those that are offsets in pixels.
    Exposures are counted by rule, and have footprints, where there are such functions.
    """

    folder: str
    contracts: Mapping[str, str]
    results: str
    shown: tuple[str, ...] = ()
    offsets: tuple[str, ...] = ()
    count_fired: Callable[[Rules, pd.DataFrame], "Counter[str]"] | None = None
    find_footprints: Callable[[Rules, pd.DataFrame, Collection[str]], list[Footprint]] | None = None


class Pipeline(NamedTuple):
    """How a telescope runs rules on a table, explains a row of it, and lists the rules that fired.

    ``explain`` returns nothing where rows are explained feature by feature (``by_feature``); ``show`` returns the lines
    of ``rules show``; ``read_for`` returns a table as the contract of a stage judges it, and what else is wrong.
    ``explain_cell`` explains a feature of a product, ``explain_apart`` why an exposure is not in a product; without
    them, features are explained by their own rows, and nothing forms products.
    """

    trace: Callable[..., Run]
    explain: Callable[[Rules, Run, str], list[Explained]]
    list_fired: Callable[[Rules, Run], tuple[list[str], list[str]]]
    show: Callable[[Rules, Sequence[str]], list[str]]
    by_feature: bool
    saved: Saved
    read_for: Callable[[Rules, str, pd.DataFrame], gate.Read]
    explain_cell: Callable[[Rules, Run, str, str], Explained] | None = None
    explain_apart: Callable[[Rules, Run, str, str], Explained] | None = None


def _trace_cal(rules: Rules, source: Input, *, track: Track) -> Run:
    answer = hst_cal.run(source, rules=rules, track=track)
    return _make_run(answer, answer.datasets)


def _trace_svm(rules: Rules, source: Input, *, track: Track) -> Run:
    answer = hst_svm.run(source, rules=rules, track=track)
    return _make_run(answer, answer.raw)


def _make_run(answer: hst_cal.Answer | hst_svm.Answer, raw: pd.DataFrame) -> Run:
    """Return the run of a pipeline of data sets, which has no members of products."""
    members = pd.DataFrame(columns=["exposure", "group", "product_id", "product", "rule"], dtype=TEXT)
    rows = answer.ledger["datasets"]["in"]
    return Run(pd.DataFrame(), [], members, raw, answer.features, answer.rejected, rows)


def _read_as_is(rules: Rules, stage: str, table: pd.DataFrame) -> gate.Read:  # noqa: ARG001
    return gate.Read(table, {}, [])


def _explain_nothing(rules: Rules, run: Run, name: str) -> list[Explained]:  # noqa: ARG001
    return []


def _list_fired(rules: Rules, run: Run) -> tuple[list[str], list[str]]:
    return [reason.rule for reason in cite_features(rules, run.raw.reset_index())], ["abbreviations", "encodings"]


def _show_words(rules: Rules, words: Sequence[str]) -> list[str]:
    """Return the rows that name each word: a rule set that forms no names has no other rows to show."""
    return [line for word in words for reason in cite_word(rules, word) for line in str(reason).splitlines()]


_SAVED_JWST = Saved(
    "jwst",
    {name: f"jwst/{name}" for name in ("exposures", "members", "products", "features")},
    results="products",
    shown=(
        "product_id", "group", "NEXPOSUR", "INSTRUME", "DETECTOR", "EXP_TYPE", "FILTER", "PUPIL", "GRATING", "TARGNAME",
        "max_offset", "targ_max_offset",
    ),
    offsets=("max_offset", "targ_max_offset"),
    count_fired=jwst_saved.count_fired,
    find_footprints=jwst_saved.find_footprints,
)  # fmt: skip
_SAVED_SVM = Saved("hst_svm", {"raw_features": "hst_svm/targets", "features": "hst_svm/features"}, "raw_features")
_SAVED_CAL = Saved("hst_cal", {"raw_features": "hst_cal/datasets", "features": "hst_cal/features"}, "raw_features")

_JWST = Pipeline(
    jwst_reasons.trace,
    jwst_reasons.explain_members,
    jwst_reasons.list_fired,
    show_jwst,
    by_feature=False,
    saved=_SAVED_JWST,
    read_for=gate.read_for,
    explain_cell=jwst_why.explain_cell,
    explain_apart=jwst_why.explain_apart,
)
_OWN = Pipeline(
    own_rules.trace, own_rules.explain, own_rules.list_fired, _show_words, by_feature=False,
    saved=Saved("", {}, ""), read_for=_read_as_is,
)  # fmt: skip
PIPELINES = {
    "jwst": _JWST,
    "jwst_dms": _JWST,
    "jwst_dms2": _JWST,
    "hst_svm": Pipeline(
        _trace_svm, _explain_nothing, _list_fired, _show_words, by_feature=True, saved=_SAVED_SVM, read_for=_read_as_is
    ),
    "hst_cal": Pipeline(
        _trace_cal, _explain_nothing, _list_fired, _show_words, by_feature=True, saved=_SAVED_CAL, read_for=_read_as_is
    ),
}


def find_pipeline(base: str) -> Pipeline:
    """Return the pipeline of a rule set: of its telescope, or, where it is of none, the one that runs any tables.

    >>> find_pipeline("hst_cal").by_feature, find_pipeline("my_mission").trace.__name__
    (True, 'trace')
    """
    return PIPELINES.get(base, _OWN)


def find_base(location: Location) -> str:
    """Return the rule set with a pipeline that a rule set is a version of, or is like.

    >>> from scrub.tables.locate import locate
    >>> find_base(locate("jwst_dms"))
    'jwst_dms'
    """
    likes = [like.folder.name for like in list_likes(location)]
    return next((name for name in (location.base, *likes) if name in PIPELINES), location.base)
