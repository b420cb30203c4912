"""What comes after the features: products matched to what was measured of them, splits by program, and a scaler.

>>> import pandas as pd
>>> from scrub import jwst, training
>>> rules = jwst.read_rules()
>>> exposures = jwst.example(rules)
>>> measured = exposures.head(1).assign(exposure="jw01018-o006_t001_niriss_clear-f200w_i2d.fits", memory_gb=2.5)
>>> matched = training.match(rules, exposures, measured, measures=["memory_gb"])
>>> matched.features["image"][["nexposur", "memory_gb"]].iloc[0].tolist()
[2.0, 2.5]
"""

from scrub.training.match import Matched, match
from scrub.training.scaler import Scaler, fit_scaler, read_scaler, scale, write_scaler
from scrub.training.split import split_by_program

__all__ = [
    "Matched", "Scaler", "fit_scaler", "match", "read_scaler", "scale", "split_by_program", "write_scaler",
]  # fmt: skip
