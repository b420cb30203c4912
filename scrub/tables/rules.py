"""A rule set at an edition, as functions take it; what they work out of it alone, they work out once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np

from scrub.files import digest
from scrub.frames.cells import Words
from scrub.frames.summaries import write_line, write_table
from scrub.tables.ask import Lookup
from scrub.tables.decide import Table
from scrub.tables.frozen import freeze
from scrub.tables.rows import count_rows

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, eq=False, repr=False)
class Rules:
    """A rule set at an edition. Read one with ``read``; give it to functions as their first argument."""

    name: str
    edition: str
    tables: Mapping[str, Table]
    lists: Mapping[str, tuple[str, ...]]
    hashes: Mapping[str, str]
    _known: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)  # see ``once``
    _original: "Rules | None" = field(default=None, init=False, repr=False)  # see ``copy``

    def __repr__(self) -> str:
        """Return the name, the edition, how many tables there are, and how their fingerprint begins."""
        parts = [self.name, f"edition {self.edition}", f"{len(self.tables)} tables"]
        return write_line("Rules", [*parts, f"fingerprint {self.fingerprint[:12]}"])

    def at(self, edition: str | int | None) -> "Rules":
        """Return these rules, which are of the edition that is named, or where none is.

        Args:
            edition: an edition, or None.

        Raises:
            ValueError: they are of another edition.
        """
        if edition is not None and str(edition) != self.edition:
            raise ValueError(f"the rules are of edition {self.edition}, not {edition}: name one of the two")
        return self

    def _repr_html_(self) -> str:
        """Return the tables as an HTML table: the policy of each, and how many rows it has."""
        rows = ((name, table.policy, count_rows(table.cells)) for name, table in self.tables.items())
        return write_table(f"Rules {self.name}, edition {self.edition}", ["table", "hit policy", "rows"], rows)

    @property
    def fingerprint(self) -> str:
        """Return one hash of what all tables say, but for the list of editions: one to come changes none before."""
        return digest.of(self.hashes)

    def __getitem__(self, name: str) -> Table:
        """Return a table by its name."""
        return self.tables[name]

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how a pickle or a deep copy makes it again: from its tables, without what ``once`` works out."""
        tables = {
            name: table._replace(conditions=dict(table.conditions), cells=dict(table.cells))
            for name, table in self.tables.items()
        }
        return _restore, (self.name, self.edition, tables, dict(self.lists), dict(self.hashes))

    def in_turn(self) -> list[Table]:
        """Return the decision tables that are asked of each case, one after another."""
        turns = (table for table in self.tables.values() if table.declaration.turn)
        return sorted(turns, key=lambda table: table.declaration.turn)

    def copy(self) -> "Rules":
        """Return a rule set that shares nothing that can be changed with this one.

        What ``once`` works out is of this one, and both have it.
        """
        own = Rules(self.name, self.edition, dict(self.tables), dict(self.lists), dict(self.hashes))
        object.__setattr__(own, "_original", self._original or self)
        return own


def _restore(name: str, edition: str, tables: Mapping[str, Table], *rest: Any) -> Rules:
    """Return a rule set as it was pickled, what is shared by copies frozen again."""
    for table in tables.values():
        if isinstance(table.hits, np.ndarray):
            table.hits.setflags(write=False)
    frozen = {
        name: table._replace(conditions=freeze(table.conditions), cells=freeze(table.cells))
        for name, table in tables.items()
    }
    return Rules(name, edition, frozen, *rest)


def once(function: Callable[Concatenate[Rules, P], T]) -> Callable[Concatenate[Rules, P], T]:
    """Return a function of a rule set that works once for each rule set, however often it is called.

    What it returns must be frozen: all who ask get the same. Its other arguments must be hashable.

    >>> @once
    ... def count(rules: Rules) -> int:
    ...     print("counting")
    ...     return len(rules.tables)
    >>> from scrub import tables
    >>> rules = tables.read("hst_cal")
    >>> count(rules) == count(rules)
    counting
    True
    """

    @wraps(function)
    def known(rules: Rules, /, *args: P.args, **kwargs: P.kwargs) -> T:
        original, key = rules._original or rules, (function, *args, *kwargs.items())
        if key not in original._known:
            original._known[key] = function(original, *args, **kwargs)
        answer: T = original._known[key]
        return answer

    return known


@once
def words(rules: Rules) -> Words:
    """Return the spellings of *missing*, of *true* and of *false* that a rule set reads.

    >>> from scrub import tables
    >>> sorted(words(tables.read("jwst")).true)
    ['1', 'T', 'TRUE', 'True', 't', 'true']
    """
    rows = rules["words"].records()
    return Words(*(frozenset(row["word"] for row in rows if row["meaning"] == meaning) for meaning in Words._fields))


@once
def look_up(rules: Rules, name: str) -> Lookup:
    """Return a decision table as it is asked of cases in plain columns.

    Args:
        rules: a rule set.
        name: of one of its decision tables.

    >>> from scrub import tables
    >>> look_up(tables.read("jwst"), "visit_types").declaration.turn
    1
    """
    return rules[name].prepare()
