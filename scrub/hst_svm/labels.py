"""Labels: which data sets are misaligned, and a varied sample of those that are not."""

import numpy as np
import pandas as pd

from scrub.hst_svm.features import LABEL


def positives(features: pd.DataFrame) -> list[str]:
    """Return the names of the data sets with label 1, in their order; none without labels.

    >>> positives(pd.DataFrame({"label": [0, 1]}, index=["a", "b"]))
    ['b']
    """
    return features.index[features[LABEL] == 1].tolist() if LABEL in features else []


def subset(features: pd.DataFrame, *, seed: int = 0) -> list[str]:
    """Return the name of one data set with label 0 for each detector and category.

    Args:
        features: index the data set; columns det, cat and, where there are labels, label.
        seed: of the random draw; the same seed draws the same sample.

    Returns:
        Names in the order in which their detector and category first appear.

    >>> frame = pd.DataFrame({"det": [1, 4, 1], "cat": [0, 2, 0], "label": 0}, index=["a", "b", "c"])
    >>> subset(frame, seed=0)
    ['a', 'b']
    """
    aligned = features[features[LABEL] == 0] if LABEL in features else features
    draw = np.random.RandomState(seed)
    groups = aligned.groupby(["det", "cat"], sort=False).indices
    first = sorted(groups.values(), key=lambda rows: rows[0])
    return [str(aligned.index[rows[draw.randint(len(rows))]]) for rows in first]
