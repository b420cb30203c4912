"""Examples in docstrings as blocks of code: an extension of the reader of docstrings (griffe)."""

import re
from typing import Any

import griffe

_EXAMPLE = re.compile(r"^>>> .*(?:\n(?!\s*$).*)*", re.MULTILINE)


class Fence(griffe.Extension):
    """Put examples, from ``>>>`` to the next blank line, between fences, as Markdown needs them."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Change the docstring of an object."""
        if obj.docstring:
            obj.docstring.value = fence(obj.docstring.value)


def fence(text: str) -> str:
    """Return a docstring with its examples between fences.

    Args:
        text: of a docstring, without its indent.
    """
    return _EXAMPLE.sub(lambda example: f"```python\n{example[0]}\n```", text)
