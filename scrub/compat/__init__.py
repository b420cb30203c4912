"""The classes of an older toolkit, as shells over the functions: change the import, keep the script.

``docs/migration.md`` has the function for each method, and what differs on purpose. None of these classes
has a rule of its own. ``rejected`` (what, stage, reason, column, value) lists what they left out.
"""

from scrub.compat.base import Scrubber
from scrub.compat.hst import HstCalScrubber, HstSvmScrubber
from scrub.compat.jwst import JwstCalScrubber
from scrub.compat.nandler import NaNdler

__all__ = ["HstCalScrubber", "HstSvmScrubber", "JwstCalScrubber", "NaNdler", "Scrubber"]
