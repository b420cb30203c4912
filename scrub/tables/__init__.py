"""The engine: rule tables read, checked, compared and asked; it knows no telescope.

>>> from scrub import tables
>>> tables.read("jwst")["groups"].rows["group"].tolist()
['image', 'spec', 'tac', 'fgs']
"""

from scrub.tables.decide import Table
from scrub.tables.findings import Finding, RuleError
from scrub.tables.in_force import version
from scrub.tables.locate import NoSuchRulesError
from scrub.tables.rules import Rules, words
from scrub.tables.ruleset import editions, read

__all__ = [
    "Finding", "NoSuchRulesError", "RuleError", "Rules", "Table", "editions", "read", "version", "words",
]  # fmt: skip
