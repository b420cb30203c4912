"""Features of exposures as an array for a model, and words back from the codes of what it picked.

Run it: ``python for_models.py [INPUT]``, a folder of FITS files or a table; without one, on the sample that ships.
"""

import sys

import numpy as np

from scrub import jwst, samples, stamp

INPUT = sys.argv[1] if len(sys.argv) > 1 else samples.TABLE
NUMBERS = ["nexposur", "max_offset", "sigma_offset", "targ_max_offset"]
WORDS = ["instr", "detector", "filter", "exp_type"]


def predict(array: np.ndarray) -> np.ndarray:
    """Return a score for each row. It stands in for ``model.predict``: how unusual the row is, column by column."""
    spread = array.std(axis=0)
    return np.abs((array - array.mean(axis=0)) / np.where(spread > 0, spread, 1)).max(axis=1)


rules = jwst.read_rules("jwst", edition=3)  # name the edition: a model knows the codes of one
answer = jwst.run(INPUT, rules=rules)
features = answer.features["image"]
origin = stamp.from_ledger(answer.ledger)  # keep this with the model

array = features[NUMBERS + WORDS].to_numpy(dtype="float32")
print(f"{array.shape[0]} products, {array.shape[1]} features, of edition {origin.edition}")

scores = predict(array)
most = features[scores == scores.max()]
words = jwst.decode(rules, most[WORDS], stamp=origin)  # refused if other rules encoded them
for product_id, row in words.iterrows():
    print(f"most unusual: {product_id}: {', '.join(f'{name}={row[name]}' for name in WORDS)}")
