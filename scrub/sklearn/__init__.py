"""For scikit-learn: exposures to features, and words to codes, as transformers of a pipeline.

Both read rule tables when they are fitted, and nothing else: no code, scale or name depends on the data. A pickled one
holds the stamp of its rules, and refuses to load where the rules at hand are others. Needs the extra ``sklearn``.

>>> from scrub import jwst
>>> from scrub.sklearn import ScrubTransformer
>>> exposures = jwst.example(jwst.read_rules())
>>> ScrubTransformer(group="image").fit_transform(exposures)["nexposur"].to_dict()
{'jw01018-o006_t1_niriss_clear-f200w': 2.0}
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrub.sklearn.encoder import CodeEncoder
    from scrub.sklearn.estimators import RejectedWarning
    from scrub.sklearn.transformer import ScrubTransformer

__all__ = ["CodeEncoder", "RejectedWarning", "ScrubTransformer"]
_MODULES = {"CodeEncoder": "encoder", "RejectedWarning": "estimators", "ScrubTransformer": "transformer"}


def __getattr__(name: str) -> Any:
    """Return a public name, loaded when it is first used: only then is scikit-learn asked for.

    Raises:
        ImportError: scikit-learn is not installed.
    """
    if name not in _MODULES:
        raise AttributeError(f"module 'scrub.sklearn' has no attribute {name!r}")
    try:
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "sklearn":
            raise
        raise ImportError(f"{name} needs scikit-learn: pip install 'skyscrub[sklearn]'") from None


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
