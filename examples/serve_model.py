"""A model server in small: each line that comes in is a request, and each line that goes out is its answer, as JSON.

Run it: ``python serve_model.py < requests.jsonl``. A request is a list of the exposures of one product or of a few,
each with its keywords: ``[{"exposure": "jw…", "PROGRAM": "1018", …}, …]``. ``python serve_model.py --sample`` writes
requests of the sample that ships.
"""

import json
import sys

import numpy as np
import pandas as pd

from scrub import jwst, samples

RULES = jwst.read_rules("jwst", edition=3)  # name the edition: a model knows the codes of one
predict = jwst.prepare(RULES)  # once, when the server starts


def model(array: np.ndarray) -> np.ndarray:
    """Return a number for each row. It stands in for ``model.predict``."""
    return array.sum(axis=1)


def answer(request: list[dict[str, str]]) -> dict[str, object]:
    """Return a prediction for each product, the rule that leaves an exposure out, and what was rejected."""
    features, members, rejected = predict(pd.DataFrame(request))
    frames = [jwst.keep_numbers(RULES, frame) for frame in features.values() if len(frame)]
    left_out = members[members["product_id"].isna()]
    scores = [dict(zip(frame.index, model(frame.to_numpy(dtype="float64")).tolist(), strict=True)) for frame in frames]
    return {
        "predictions": {product: score for group in scores for product, score in group.items()},
        "left_out": dict(zip(left_out["exposure"], left_out["rule"], strict=True)),
        "rejected": rejected.to_dict("records"),
    }


def serve(line: str) -> dict[str, object]:
    """Return the answer to one line; a line that cannot be answered has an error, and the server goes on."""
    try:
        return answer(json.loads(line))
    except ValueError as error:  # no JSON, or columns that are not there
        return {"error": str(error)}


if "--sample" in sys.argv:
    table = pd.read_csv(samples.TABLE, dtype="str", keep_default_na=False)
    for _, program in table.groupby(["PROGRAM", "OBSERVTN"]):
        print(program.to_json(orient="records"))
else:
    for line in sys.stdin:
        print(json.dumps(serve(line)), flush=True)
