"""skyscrub: exposure metadata to model features, by rule tables that experts edit and contracts that hold.

>>> from scrub import jwst
>>> jwst.run(jwst.example(jwst.read_rules())).products.index.tolist()
['jw01018-o006_t1_niriss_clear-f200w']

This module is the map: every public name, in reading order, and the room where it lives. A room loads when its name
is first used. ``docs/architecture.md`` follows one exposure through the house.
"""

from importlib import import_module
from typing import Any

_ROOMS = {
    # the pipelines: one telescope each
    "jwst": "scrub.jwst",
    "hst_svm": "scrub.hst_svm",
    "hst_cal": "scrub.hst_cal",
    # what becomes of their answers
    "stamp": "scrub.pipeline.stamp",
    "marks": "scrub.pipeline.marks",
    "write": "scrub.pipeline.save",
    "asn": "scrub.jwst.asn_files",
    "score": "scrub.jwst.score",
    "score_inputs": "scrub.jwst.score_inputs",
    # rules: the engine, and rules tried on your table
    "tables": "scrub.tables",
    "check": "scrub.tables.lint.check",
    "diff": "scrub.tables.diff",
    "fmt": "scrub.tables.fmt",
    "editions": "scrub.tables.new_edition",
    "explain": "scrub.on_data.explain",
    "own_rules": "scrub.on_data.own_rules",
    # contracts
    "contracts": "scrub.contracts",
    "stage": "scrub.contracts.stage",
    "ledger": "scrub.contracts.ledger",
    # the parts that every pipeline is made of
    "decide": "scrub.tables.decide",
    "columns": "scrub.frames.columns",
    "cells": "scrub.frames.cells",
    "encode": "scrub.frames.encode",
    "sky": "scrub.frames.sky",
    "rejects": "scrub.frames.rejects",
    "headers": "scrub.files.fits_headers",
    "source": "scrub.files.table_files",
    # inputs larger than memory, on one computer or many
    "parts": "scrub.jwst.write_parts",
    "distributed": "scrub.distributed",
    # for scikit-learn
    "sklearn": "scrub.sklearn",
    # what comes after the features
    "training": "scrub.training",
    # pages for people, the older classes, and data to try everything on
    "report": "scrub.report.page",
    "compat": "scrub.compat",
    "samples": "scrub.samples",
}

__all__ = list(_ROOMS)


def __getattr__(name: str) -> Any:
    """Return a public module, loaded when it is first used."""
    if name not in _ROOMS:
        raise AttributeError(f"module 'scrub' has no attribute {name!r}")
    return import_module(_ROOMS[name])


def __dir__() -> list[str]:
    """Return the names of the map."""
    return sorted(__all__)
