"""The JWST pipeline: a tuple of pure steps, each from one contract to the next."""

from functools import partial

import pandas as pd

from scrub.frames.encode import HandleUnknown
from scrub.jwst.candidates import OBSERVATIONS
from scrub.jwst.exposures import exposures
from scrub.jwst.features import features
from scrub.jwst.groups import group
from scrub.jwst.products import products
from scrub.tables import Rules


def steps(
    rules: Rules, *, handle_unknown: HandleUnknown = "error", candidates: str = OBSERVATIONS
) -> tuple["partial[pd.DataFrame]", ...]:
    """Return the pipeline: from headers to exposures, members, products and features.

    Args:
        rules: a JWST rule set.
        handle_unknown: ``error`` or ``use_encoded_value``, for words without a code.
        candidates: of what products are made, as ``group`` takes it.

    >>> from scrub import jwst
    >>> [step.func.__name__ for step in steps(jwst.read_rules())]
    ['exposures', 'group', 'products', 'features']
    """
    return (
        partial(exposures, rules),
        partial(group, rules, candidates=candidates),
        partial(products, rules),
        partial(features, rules, handle_unknown=handle_unknown),
    )
