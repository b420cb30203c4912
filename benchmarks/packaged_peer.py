"""The published toolkit (spacekit) and its packaged models: predictions for its own inputs, and for inputs of another.

    PYTHON benchmarks/packaged_peer.py TABLE.csv FOLDER

FOLDER has ``new-image.csv`` and ``new-spec.csv``: features by product, with the ``exposures`` of each. The models are
unpacked into the folder that this is run in. ``predictions.json`` is written into FOLDER: for each kind, ``old`` and
``new``, the predicted memory (GB) by the exposures of a product. Nothing of skyscrub is imported here.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from peer import read, type_columns
from spacekit.preprocessor.scrub import JwstCalScrubber
from spacekit.skopes.jwst.cal.config import KEYPAIR_DATA
from spacekit.skopes.jwst.cal.predict import JwstCalPredict


def prepare(table):
    """Return the toolkit's own inputs by kind, with the exposures of each product."""
    with tempfile.TemporaryDirectory() as folder:
        scrubber = JwstCalScrubber(folder, data=table, mode="df", encoding_pairs=KEYPAIR_DATA, save_raw=False)
        frames = {kind: scrubber.scrub_inputs(kind.upper()) for kind in ("image", "spec")}
    groups = {"image": scrubber.img_products, "spec": scrubber.spec_products}
    for kind, frame in frames.items():
        if frame is not None:
            names = {product: " ".join(sorted(own)) for product, own in groups[kind].items()}
            frames[kind] = frame.assign(exposures=[names[product] for product in frame.index])
    return frames


def predict(models, kind, frame):
    """Return the predicted memory of each product, by its exposures."""
    if frame is None or frame.empty:
        return {}
    inputs = models.normalize_inputs(frame.drop(columns="exposures"), order=kind.upper())
    model = {"image": models.img3_reg, "spec": models.spec3_reg}[kind].model
    sizes = [min(round(float(np.squeeze(size)), 2), 990.0) for size in models.regressor(model, inputs)]
    return dict(zip(frame["exposures"], sizes, strict=True))


def main(path, folder):
    """Write the predictions."""
    models = JwstCalPredict(models={})
    old = prepare(type_columns(read(path)))
    answers = {}
    for kind, frame in old.items():
        new = pd.read_csv(folder / f"new-{kind}.csv", index_col=0)
        answers[kind] = {"old": predict(models, kind, frame), "new": predict(models, kind, new)}
    (folder / "predictions.json").write_text(json.dumps(answers))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
