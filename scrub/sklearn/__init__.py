"""For scikit-learn: exposures to features, and words to codes, as transformers of a pipeline.

Both read rule tables when they are fitted, and nothing else: no code, scale or name depends on the data. A pickled one
holds the stamp of its rules, and refuses to load where the rules at hand are others. Needs the extra ``sklearn``.

>>> from scrub import jwst
>>> from scrub.sklearn import ScrubTransformer
>>> exposures = jwst.example(jwst.read_rules())
>>> ScrubTransformer(group="image").fit_transform(exposures)["nexposur"].to_dict()
{'jw01018-o006_t1_niriss_clear-f200w': 2.0}
"""

try:
    import sklearn as _sklearn  # noqa: F401
except ImportError:
    raise ImportError("scrub.sklearn needs scikit-learn: pip install 'skyscrub[sklearn]'") from None

from scrub.sklearn.encoder import CodeEncoder
from scrub.sklearn.estimators import RejectedWarning
from scrub.sklearn.transformer import ScrubTransformer

__all__ = ["CodeEncoder", "RejectedWarning", "ScrubTransformer"]


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
