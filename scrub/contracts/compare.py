"""Comparison of contracts: what changes from one to the other, and what can break those who read the tables."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from scrub.contracts.fields import Field, Sheet

_LOWER, _UPPER = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")


class Change(NamedTuple):
    """A change of a contract: the column (blank for the table), what changes, from what to what; does it break readers.

    A reader relies on what a contract promises: what it promises no more can break one.
    """

    column: str
    what: str
    was: str
    now: str
    breaks: bool

    def __str__(self) -> str:
        """Return the change as a sentence.

        >>> print(Change("frac", "unit", "pixel", "", True))
        frac: unit: pixel -> nothing
        """
        parts = [self.column, self.what, f"{self.was or 'nothing'} -> {self.now or 'nothing'}"]
        return ": ".join(part for part in parts if part)


def compare(old: Sheet, new: Sheet) -> list[Change]:
    """Return what changes from one contract to another, column by column.

    Args:
        old: what the contract said.
        new: what it says.

    >>> field = Field("n", "", "Int64", "", False, True, False, "", {"greater_than": 0}, {})
    >>> was, now = (Sheet("s", "", False, (field._replace(nullable=some),)) for some in (False, True))
    >>> [str(change) for change in compare(was, now)]
    ['n: may be missing: no -> yes']
    """
    before, after = ({field.name: field for field in sheet.fields} for sheet in (old, new))
    was, now = (", ".join(sheet.together) for sheet in (old, new))
    changes = [_flag("", "other columns", old.is_open, new.is_open)]
    kept = not old.together or (new.together and set(new.together) <= set(old.together))
    changes.append(Change("", "rows differ in", was, now, breaks=not kept))
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            changes.append(Change(name, "column", before[name].dtype or "any type", "", breaks=True))
        elif name not in before:
            changes.append(Change(name, "column", "", after[name].dtype or "any type", breaks=False))
        else:
            changes += _compare_fields(before[name], after[name])
    return [change for change in changes if change.was != change.now]


def _compare_fields(old: Field, new: Field) -> Iterator[Change]:
    name = old.name
    yield Change(name, "type", old.dtype, new.dtype, breaks=bool(old.dtype))
    yield Change(name, "unit", old.unit, new.unit, breaks=bool(old.unit))
    yield _flag(name, "may be missing", old.nullable, new.nullable)
    yield _flag(name, "may be absent", not old.required, not new.required)
    yield _flag(name, "may repeat", not old.unique, not new.unique)
    yield from _compare_limits(old, new)
    yield Change(name, "form", old.pattern, new.pattern, breaks=bool(old.pattern))
    yield from _compare_words(old, new)
    for key in ("minLength", "maxLength"):
        was, now = old.lengths.get(key), new.lengths.get(key)
        yield _bound(name, key, was, now, wider=_is_wider(was, now, lower=key == "minLength"))
    yield Change(name, "warnings", _show(old.warnings), _show(new.warnings), breaks=False)
    yield Change(name, "description", old.description, new.description, breaks=False)


def _flag(name: str, what: str, was: bool, now: bool) -> Change:
    """Return the change of a permission: to be allowed what was not can break a reader."""
    words = {True: "yes", False: "no"}
    return Change(name, what, words[was], words[now], breaks=now and not was)


def _compare_limits(old: Field, new: Field) -> Iterator[Change]:
    for keys, what in ((_LOWER, "least"), (_UPPER, "greatest")):
        was, now = (_bind(field, keys) for field in (old, new))
        wider = _is_wider(was, now, lower=keys is _LOWER)
        yield Change(old.name, what, _show_limit(old, keys), _show_limit(new, keys), breaks=wider)


def _bind(field: Field, keys: tuple[str, str]) -> tuple[float, int] | None:
    """Return the limit of a field, as a pair that grows as the limit does; None where there is none."""
    plain, exclusive = keys
    edge = 1 if keys is _LOWER else -1
    own = [(field.limits[key], edge if key == exclusive else 0) for key in (plain, exclusive) if key in field.limits]
    if not own:
        return None
    return max(own) if keys is _LOWER else min(own)


def _show_limit(field: Field, keys: tuple[str, str]) -> str:
    words = {"exclusiveMinimum": "more than ", "exclusiveMaximum": "less than "}
    return ", ".join(f"{words.get(key, '')}{field.limits[key]}" for key in keys if key in field.limits)


def _compare_words(old: Field, new: Field) -> Iterator[Change]:
    """Yield changes of the words that may stand in a column: a new word can break a reader, one that is gone cannot."""
    was, now = old.words, new.words
    new_word = was is not None and (now is None or bool({str(word) for word in now} - {str(word) for word in was}))
    yield Change(old.name, "words", _list(was, now), _list(now, was), breaks=new_word)
    refused = [{str(word) for word in field.refused} for field in (old, new)]
    before, after = (", ".join(sorted(words)) for words in refused)
    yield Change(old.name, "refused words", before, after, breaks=bool(refused[0] - refused[1]))


def _list(words: list[Any] | None, other: list[Any] | None) -> str:
    """Return words as text; of those that are in both lists, only how many they are."""
    if words is None:
        return "any"
    own = [str(word) for word in words if other is None or word not in other]
    same = len(words) - len(own)
    return ", ".join([*([f"{same} words"] if same else []), *own])


def _bound(name: str, what: str, was: Any, now: Any, *, wider: bool) -> Change:
    return Change(name, what, "" if was is None else str(was), "" if now is None else str(now), breaks=wider)


def _is_wider(was: Any, now: Any, *, lower: bool) -> bool:
    """Return whether a limit allows more than it did; None is no limit."""
    if was is None:
        return False
    return now is None or (now < was if lower else now > was)


def _show(checks: Mapping[str, Any]) -> str:
    return ", ".join(f"{check} {arguments}" for check, arguments in checks.items())
