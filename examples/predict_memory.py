"""How much memory will a product need? Exposures and measured products become a model, and the model answers.

Run it: ``python predict_memory.py [EXPOSURES MEASURED]``, a table of exposures and one of measured products (keywords
and ``memory_gb``); without them, on the sample that ships, with made-up measures.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from scrub import jwst, samples, training
from scrub.files.table_files import read_table

NUMBERS = ["nexposur", "max_offset", "targ_max_offset"]  # scaled; a linear model takes no codes
MEMORY = "memory_gb"


def make_measures(exposures: pd.DataFrame) -> pd.DataFrame:
    """Return made-up measures: 0.4 GB for each exposure of a product, under the keywords of one of them."""
    members = jwst.run(exposures, rules=rules).members.dropna(subset="product_id")
    sizes = members.groupby("product_id")["exposure"].agg(["first", "size"])
    rows = exposures.set_index("exposure").loc[sizes["first"]].reset_index(drop=True)
    return rows.assign(exposure=[f"measured-{i}" for i in range(len(rows))], memory_gb=0.4 * sizes["size"].to_numpy())


def add_one(frame: pd.DataFrame) -> np.ndarray:
    """Return the scaled features, and a column of ones for the constant of a linear model."""
    return np.column_stack([frame[NUMBERS].to_numpy(dtype="float64"), np.ones(len(frame))])


rules = jwst.read_rules("jwst", edition=3)  # name the edition: a model knows the codes of one
exposures = read_table(Path(sys.argv[1] if len(sys.argv) > 2 else samples.TABLE)).good
measured = read_table(Path(sys.argv[2])).good if len(sys.argv) > 2 else make_measures(exposures)

matched = training.match(rules, exposures, measured, measures=[MEMORY])
known = pd.concat([frame[[*NUMBERS, MEMORY]] for frame in matched.features.values() if set(NUMBERS) <= set(frame)])
print(f"{len(known)} measured products, {len(matched.unmeasured)} without a measure, {len(matched.rejected)} rejects")

scaler = training.fit_scaler(rules, known, NUMBERS)
training.write_scaler(scaler, "scaler.json")  # keep it with the model: it refuses features of other rules
scaled = training.scale(rules, training.read_scaler("scaler.json"), known)

weights, *_ = np.linalg.lstsq(add_one(scaled), known[MEMORY].to_numpy(), rcond=None)
asked = known.index[:3]
for product, gigabytes in zip(asked, add_one(scaled.loc[asked]) @ weights, strict=True):
    print(f"{product}: {gigabytes:.1f} GB, measured {known.loc[product, MEMORY]:.1f} GB")
