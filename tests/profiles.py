"""How many examples a property draws: profiles of Hypothesis, and shares of them."""

import os

from hypothesis import HealthCheck, Phase, settings
from hypothesis.database import DirectoryBasedExampleDatabase

from tests.data import TOP

PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "phases": PHASES}
EXAMPLES = DirectoryBasedExampleDatabase(TOP / ".hypothesis" / "examples")


def load() -> None:
    """Register ``dev`` (fast, the default), ``ci`` and ``nightly``, and load the one that is asked for.

    It is asked for by the environment (``HYPOTHESIS_PROFILE=ci``), or by ``pytest --hypothesis-profile ci``.
    """
    settings.register_profile("dev", max_examples=5, derandomize=True, database=None, **COMMON)
    settings.register_profile("ci", max_examples=25, derandomize=True, database=None, **COMMON)
    settings.register_profile("nightly", max_examples=500, derandomize=False, database=EXAMPLES, **COMMON)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def times(share: float) -> settings:
    """Return settings with more examples than others for a cheap property, or fewer for a dear one.

    A test module that uses it is imported after the profile is loaded.
    """
    return settings(max_examples=max(1, round(share * settings().max_examples)))
