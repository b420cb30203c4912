"""Mosaics: single visits as a QA table or a summary describes them, each column as its kind."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

import pandas as pd

from scrub.contracts.stage import stage
from scrub.frames import copies
from scrub.frames.arrays import make_frame
from scrub.frames.cells import TEXT
from scrub.frames.columns import sort_rows
from scrub.frames.rejects import Fault, Split, set_aside
from scrub.pipeline import kinds
from scrub.tables import Rules, words
from scrub.tables.rules import once

_STAGE = "hst_svm/mosaics"


@stage("hst_svm/qa", _STAGE, before="hst_svm.from_table(rules, table).good")
def mosaics(rules: Rules, qa: pd.DataFrame, *, form: str = "qa") -> Split:
    """Return mosaics: columns named and ordered by the rule table ``columns``, detector and data set from the index.

    A missing or unreadable cell, or an index that does not parse, rejects its row with the column named as
    the input has it. Rows come back in the order of their names. Rows of one name that say the same
    are one row; those that differ are rejected.

    Args:
        rules: an HST mosaic rule set.
        qa: one row a data set, as ``hst_svm.load`` gives it.
        form: ``qa``, or ``summary``, where the position and the image may be missing.

    Raises:
        ContractError: when called directly, if any row is rejected.

    >>> from scrub import hst_svm
    >>> rules = hst_svm.read_rules()
    >>> mosaics(rules, hst_svm.example(rules)).loc[0, ["detector", "dataset", "targname"]].tolist()
    ['ir', 'ibl738', 'ANY']
    """
    frame, faults = copies.fold(_read(rules, form, qa))
    good, rejected = set_aside(frame, _STAGE, faults)
    whole = [row["name"] for row in list_columns(rules, form) if row["kind"] == "count" and row["name"] in good]
    return Split(sort_rows(good.astype(dict.fromkeys(whole, "int64"))), rejected)


def count_copies(rules: Rules, qa: pd.DataFrame, *, form: str = "qa") -> int:
    """Return how many rows say what another of the same name says: they are folded, and no mosaics of their own.

    Args:
        rules: an HST mosaic rule set.
        qa: one row a data set, as ``hst_svm.load`` gives it.
        form: ``qa``, or ``summary``.

    >>> from scrub import hst_svm
    >>> rules = hst_svm.read_rules()
    >>> count_copies(rules, pd.concat([hst_svm.example(rules)] * 3, ignore_index=True))
    2
    """
    return copies.count_copies(qa, partial(_read, rules, form))


def _read(rules: Rules, form: str, qa: pd.DataFrame) -> copies.Read:
    """Return mosaics with each column as its kind, and what is wrong with which of them."""
    spellings, parts = words(rules), split_index(rules, qa["index"])
    read = {"index": qa["index"].array, "detector": parts["detector"].array, "dataset": parts["dataset"].array}
    faults = [Fault(parts["dataset"].isna(), f"not of the form {_describe_index(rules)}", "index", qa["index"])]
    for row in list_columns(rules, form):
        column, name, kind = row["column"], row["name"], row["kind"]
        if not name or column not in qa:
            continue
        cells = qa[column]
        read[name], unreadable = kinds.read(spellings, cells.array, kind)
        if unreadable is not None:
            faults.append(Fault(unreadable, f"not a {kinds.NOUNS[kind]}", column, cells, "dtype"))
        if row["missing"] == "reject":
            faults.append(Fault(pd.isna(read[name]), "missing", column, cells))
    return copies.Read(make_frame(read).set_axis(qa.index), faults)


Rows = tuple[Mapping[str, str], ...]


@once
def list_columns(rules: Rules, form: str) -> Rows:
    """Return the columns of a form of input, in order.

    Args:
        rules: an HST mosaic rule set.
        form: ``qa`` or ``summary``.

    >>> from scrub import hst_svm
    >>> [row["column"] for row in list_columns(hst_svm.read_rules(), "summary")][:2]
    ['targname', 'ra_targ']
    """
    own = (row for row in rules["columns"].records() if row["form"] == form)
    return tuple(MappingProxyType(row) for row in sorted(own, key=lambda row: int(row["position"])))


def split_index(rules: Rules, index: "pd.Series[str]") -> pd.DataFrame:
    """Return the parts of data set names, a column each; all are missing where a name does not parse.

    Args:
        rules: an HST mosaic rule set.
        index: names of data sets.

    >>> from scrub import hst_svm
    >>> index = pd.Series(["hst_9836_33_acs_wfc_total_j8rq33_clear1s_f250w_sub_stoc"])
    >>> split_index(hst_svm.read_rules(), index)[["proposal", "dataset"]].iloc[0].tolist()
    ['9836', 'j8rq33_clear1s_f250w_sub_stoc']
    """
    groups = (f"(?P<{row['part']}>{row['pattern']})" for row in _list_parts(rules))
    return index.astype(TEXT).str.extract(f"^{'_'.join(groups)}$")


def join_index(rules: Rules, frame: pd.DataFrame) -> "pd.Series[str]":
    """Return the name of each data set from its parts, in lower case; missing where a part is.

    Args:
        rules: an HST mosaic rule set.
        frame: a column for each part that the rule table ``index_parts`` names.

    >>> from scrub import hst_svm
    >>> row = {"proposal": "12286", "visit": "IBL738", "instrument": "WFC3", "detector": "IR"}
    >>> join_index(hst_svm.read_rules(), pd.DataFrame([row]))[0]
    'hst_12286_38_wfc3_ir_total_ibl738'
    """
    parts = []
    for row in _list_parts(rules):
        if row["text"]:
            parts.append(pd.Series(row["text"], index=frame.index, dtype=TEXT))
        else:
            parts.append(frame[row["column"]].str[-int(row["last"]) if row["last"] else None :])
    joined = parts[0]
    for part in parts[1:]:
        joined = joined + "_" + part
    return joined.str.lower()


@once
def _list_parts(rules: Rules) -> Rows:
    rows = sorted(rules["index_parts"].records(), key=lambda row: int(row["position"]))
    return tuple(MappingProxyType(row) for row in rows)


def _describe_index(rules: Rules) -> str:
    return "_".join(row["text"] or row["part"] for row in _list_parts(rules))
