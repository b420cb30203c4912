"""Scores as tests look at them."""

import pandas as pd

from scrub.jwst import score


def counted(rules, predicted, true) -> pd.DataFrame:
    return score.score(score.compare(rules, predicted, true)).set_index(["exp_type", "counted"])


def counts(found, kind, what) -> tuple[int, ...]:
    return tuple(found.loc[(kind, what), ["tp", "predicted", "true"]])
