"""Features: mosaics as the numbers that models are trained on."""

import pandas as pd

from scrub.contracts.stage import stage
from scrub.frames import encode
from scrub.frames.arrays import read_frame
from scrub.frames.rejects import Split, set_aside
from scrub.pipeline.features import make_features
from scrub.tables import Rules

_STAGE = "hst_svm/features"
LABEL = "label"


@stage("hst_svm/targets", _STAGE)
def features(
    rules: Rules, targets: pd.DataFrame, *, handle_unknown: encode.HandleUnknown = "error", crpt: bool = False
) -> Split:
    """Return one row a data set: its index and the features, in the order of the rule table; a label goes last.

    Args:
        rules: an HST mosaic rule set.
        targets: mosaics under the contract ``hst_svm/targets``.
        handle_unknown: ``error`` rejects a word without a code; ``use_encoded_value`` gives it the code that
            the table states for ``*``, and rejects it where there is none.
        crpt: the mosaics were corrupted on purpose: every label is 1.

    Raises:
        ContractError: when called directly, if any row is rejected.

    >>> from scrub import hst_svm
    >>> rules = hst_svm.read_rules()
    >>> table = hst_svm.alignments(rules, hst_svm.mosaics(rules, hst_svm.example(rules)))
    >>> features(rules, hst_svm.targets(rules, table)).loc[0, ["det", "wcs", "cat"]].tolist()
    [1, 0, 3]
    """
    encoded, faults = make_features(rules, read_frame(targets), handle_unknown=handle_unknown)
    if crpt:
        encoded[LABEL] = pd.Series(1, index=targets.index, dtype="int64")
    elif LABEL in targets:
        encoded[LABEL] = targets[LABEL]
    return set_aside(pd.DataFrame({"index": targets["index"], **encoded}), _STAGE, faults)
