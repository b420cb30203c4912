"""Pages as a browser takes them apart: elements, attributes, text; and what no page may do."""

import base64
import hashlib
import itertools
import re
from html.parser import HTMLParser
from typing import NamedTuple

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "{{ 7*7 }}{% raw %}",
    "</table></main><style>*{}</style>",
    "]]>&amp;&#x3c;b>",
    "evil\u202egnp\u200f",
    "\u05d0\u05d1\u05d2",
    "bell\x07 esc\x1b[31m",
    "javascript:alert(1)",
    "x" * 3000,
]
ELEMENTS = {
    "html", "head", "meta", "title", "style", "script", "body", "a", "header", "footer", "nav", "main", "section", "h1", "h2",
    "h3", "p", "ul", "li", "div", "span", "table", "caption", "thead", "tbody", "tr", "th", "td", "code", "strong", "bdi",
    "figure", "figcaption", "svg", "desc", "path", "rect", "text", "circle", "g", "dl", "dt", "dd",
}  # fmt: skip


class Element(NamedTuple):
    name: str
    attributes: dict[str, str | None]


class Page(HTMLParser):
    """A page taken apart."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.blocks: dict[str, list[str]] = {"style": [], "script": []}
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append(Element(tag, dict(attrs)))
        if tag not in ("meta", "path", "rect", "circle"):
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag, f"</{tag}> closes what is not open"

    def handle_data(self, data):
        where = self._open[-1] if self._open else ""
        (self.blocks.get(where, self.words)).append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def assert_safe(text: str) -> Page:
    """Take a page apart, and assert that it acts by nothing but its own style and script, and asks for nothing."""
    page = Page(text)
    assert page._open == []
    assert {element.name for element in page.elements} <= ELEMENTS
    names = {name for element in page.elements for name in element.attributes}
    assert [
        name for name in names if name.startswith("on") or name in ("style", "src", "srcset", "action", "data")
    ] == []
    links = [value for element in page.elements for name, value in element.attributes.items() if name == "href"]
    assert [link for link in links if not re.match(r"#|https?://|[\w.-]+\.html(#[\w-]+)?$", link)] == []
    (policy,) = [e.attributes["content"] for e in page.elements if "Content-Security-Policy" in e.attributes.values()]
    for kind, content in page.blocks.items():
        hashes = [base64.b64encode(hashlib.sha256(block.encode()).digest()).decode() for block in content]
        allowed = " ".join(f"'sha256-{one}'" for one in hashes) or "'none'"
        assert f"{kind}-src {allowed};" in policy
        assert len(content) <= 1
    assert policy.startswith("default-src 'none';")
    assert all(c.isprintable() or c == "\n" for c in page.text), "a character that steers"
    assert_headings(page)
    return page


def assert_headings(page: Page) -> None:
    """Assert one h1, no level left out, and that whatever has an id has one of its own."""
    levels = [int(e.name[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.name)]
    assert sorted(levels).count(1) == 1
    headings = levels[levels.index(1) :]
    assert all(after - before <= 1 for before, after in itertools.pairwise(headings))
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    targets = {e.attributes["href"][1:] for e in page.elements if (e.attributes.get("href") or "").startswith("#")}
    assert targets <= set(ids)
