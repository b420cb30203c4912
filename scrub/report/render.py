"""Templates to pages: everything from data is escaped, and only the style and script of the page itself may act."""

import base64
import hashlib
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from scrub.frames.printable import escape

if TYPE_CHECKING:
    from jinja2 import Environment

_MOST = 400  # characters of a cell


class NoJinjaError(OSError):
    """The package that fills the templates is not installed."""


def render(template: str, *, style: Iterable[str] = ("page.css",), script: Iterable[str] = (), **content: Any) -> str:
    """Return a page: a template filled in.

    Its policy (Content-Security-Policy) allows no request, and no style or script but those of the page.

    Args:
        template: its file in ``templates``.
        style: files in ``templates`` that the page's style is made of.
        script: files in ``templates`` that its script is made of.
        **content: what the template prints.

    Raises:
        NoJinjaError: jinja2 is not installed.
    """
    styles, scripts = ("".join(map(_read, names)) for names in (style, script))
    policy = "; ".join(
        [
            "default-src 'none'",
            f"style-src {_hash(styles)}",
            f"script-src {_hash(scripts)}",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    return fill(template, style=style, policy=policy, script=scripts, **content)


def fill(template: str, *, style: Iterable[str] = (), **content: Any) -> str:
    """Return a template filled in.

    Args:
        template: its file in ``templates``.
        style: files in ``templates`` that its style is made of.
        **content: what the template prints.

    Raises:
        NoJinjaError: jinja2 is not installed.
    """
    return _environment().get_template(template).render(style="".join(map(_read, style)), **content)


def _read(name: str) -> str:
    """Return a file of ``templates``."""
    return (resources.files("scrub.report") / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return the source of a policy that allows a text and no other; none for no text."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'" if text else "'none'"


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError:
        raise NoJinjaError("pages need the extra: pip install 'skyscrub[report]'") from None
    environment = Environment(
        loader=PackageLoader("scrub.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=show,
    )
    environment.filters |= {"number": _number, "is_url": is_url, "slug": slug, "isolate": isolate}
    return environment


def show(value: Any) -> Any:
    r"""Return a value as a page shows it: text without characters that steer, cut if it is very long.

    Args:
        value: any value; what is no plain text stays.

    >>> show("NGC\u202e 104"), show(7)
    ('NGC\\u202e 104', 7)
    """
    if type(value) is not str:
        return value
    return escape(value) if len(value) <= _MOST else f"{escape(value[:_MOST])}…"


def isolate(text: Any) -> Any:
    """Return a text with letters of other scripts kept apart, so that they do not turn the words around them.

    Args:
        text: of a cell.

    >>> isolate("NGC 104"), str(isolate("\u05d0<"))
    ('NGC 104', '<bdi>\u05d0&lt;</bdi>')
    """
    shown = show(str(text))
    if shown.isascii():
        return shown
    from markupsafe import Markup

    return Markup("<bdi>{}</bdi>").format(shown)


def _number(value: Any) -> str:
    """Return a number as people read it."""
    return f"{value:,}" if isinstance(value, int) else f"{float(f'{value:.4g}'):.12g}"


def is_url(text: str) -> bool:
    """Return whether a text is the address of a page.

    >>> is_url("https://example.org/a"), is_url("javascript:alert(1)"), is_url("https://a b")
    (True, False, False)
    """
    return text.startswith(("https://", "http://")) and text.isprintable() and " " not in text


def slug(text: str) -> str:
    """Return a text as the name of a place or a page: letters, digits, underscores and hyphens.

    >>> slug("my rules/jwst/name_parts.csv:2")
    'my-rules-jwst-name_parts-csv-2'
    """
    return "".join(c if c.isascii() and (c.isalnum() or c == "_") else "-" for c in text)
