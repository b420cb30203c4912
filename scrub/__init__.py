"""skyscrub: exposure metadata to model features, by rule tables that experts edit and contracts that hold.

In pipeline order: ``tables`` reads a rule set; ``headers`` and ``source`` read exposures; ``missing``,
``columns``, ``decide``, ``sky`` and ``encode`` are the shared pure parts; ``jwst``, ``hst_svm`` and ``hst_cal``
put them together; ``contracts`` holds every stage to its contract, ``stages`` chains them and ``rejects`` sets bad rows
aside; ``ledger``, ``stamp`` and ``write`` account for what came out, say by which rules, and save it; ``asn``
reads and writes association files, ``score`` holds predictions against them. ``check``, ``diff``, ``explain``, ``fmt``
and ``editions`` are the workbench of rule tables. ``compat`` has the classes of the older toolkit.

>>> from scrub import jwst
>>> jwst.run(jwst.example(jwst.read_rules())).products.index.tolist()
['jw01018-o006_t1_niriss_clear-f200w']
"""

from scrub import (
    asn,
    check,
    columns,
    contracts,
    decide,
    diff,
    editions,
    encode,
    explain,
    fmt,
    headers,
    hst_cal,
    hst_svm,
    jwst,
    ledger,
    missing,
    places,
    rejects,
    score,
    score_source,
    sky,
    source,
    stages,
    stamp,
    tables,
    write,
)

__all__ = [
    "asn", "check", "columns", "contracts", "decide", "diff", "editions", "encode", "explain", "fmt", "headers",
    "hst_cal", "hst_svm", "jwst", "ledger", "missing", "places", "rejects", "score", "score_source", "sky",
    "source", "stages", "stamp", "tables", "write",
]  # fmt: skip
