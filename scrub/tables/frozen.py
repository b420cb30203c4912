"""Values that nobody can change, and the same as pickles take them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any


def freeze(value: Any) -> Any:
    """Return a value that nobody can change, with all in it: lists as tuples, dictionaries as read-only ones.

    >>> freeze({"a": ["x", {"b": "y"}]})
    mappingproxy({'a': ('x', mappingproxy({'b': 'y'}))})
    """
    if isinstance(value, str):  # most values are
        return value
    if isinstance(value, Mapping):
        return MappingProxyType({key: freeze(part) for key, part in value.items()})
    return _rebuild(value, freeze)


def thaw(value: Any) -> Any:
    """Return a frozen value with plain dictionaries in place of read-only ones, which no pickle holds.

    >>> thaw(freeze({"a": ["x", {"b": "y"}]}))
    {'a': ('x', {'b': 'y'})}
    """
    if isinstance(value, Mapping):
        return {key: thaw(part) for key, part in value.items()}
    return _rebuild(value, thaw)


def _rebuild(value: Any, change: Any) -> Any:
    """Return a value with each part of a list or tuple changed; a NamedTuple stays one."""
    if not isinstance(value, (list, tuple)):
        return value
    make = getattr(type(value), "_make", tuple)
    return make(map(change, value))
