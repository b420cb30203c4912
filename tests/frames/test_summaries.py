"""Answers and rules at a prompt: short, one line, and nothing in them that a terminal or a browser obeys."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import hst_cal, hst_svm, jwst, samples, tables
from scrub.frames.summaries import write_line, write_table


class Reader(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.texts.append(data)


def test_a_line_of_each_answer():
    answer = jwst.run(samples.TABLE)
    groups = " ".join(f"{group} {len(frame)}" for group, frame in answer.features.items())
    assert repr(answer) == (
        f"Answer(rules jwst, edition 3, exposures 57, members 57, products 25, features {groups}, rejected 0)"
    )
    rules = hst_svm.read_rules()
    assert repr(hst_svm.run(hst_svm.example(rules))) == (
        "Answer(rules hst_svm, edition 1, raw 1, features 1, positive 0, subset 1, rejected 0)"
    )
    assert repr(hst_cal.run(hst_cal.example(hst_cal.read_rules()))) == (
        "Answer(rules hst_cal, edition 1, datasets 1, features 1, rejected 0)"
    )


@pytest.mark.parametrize("name", ["jwst", "jwst_dms", "hst_svm", "hst_cal"])
def test_rules_are_one_short_line(name):
    rules = tables.read(name)
    assert repr(rules) == (
        f"Rules({name}, edition {rules.edition}, {len(rules.tables)} tables, fingerprint {rules.fingerprint[:12]})"
    )
    assert Reader(rules._repr_html_()).texts[1:4] == ["table", "hit policy", "rows"]


def test_a_notebook_shows_a_row_for_each_frame():
    answer = jwst.run(samples.TABLE)
    page = Reader(answer._repr_html_())
    assert page.texts[:4] == ["Answer, rules jwst, edition 3", "what", "rows", "columns"]
    rows = [page.texts[i : i + 3] for i in range(4, len(page.texts), 3)]
    assert ["products", "25", str(len(answer.products.columns))] in rows
    assert ["features image", str(len(answer.features["image"])), "27"] in rows
    assert page.tags.count("tr") == 1 + 8


def test_the_name_of_a_rule_set_is_escaped():
    rules = tables.read("hst_cal")
    own = tables.Rules("\x1b[2J<b>\n", rules.edition, rules.tables, rules.lists, rules.hashes)
    assert repr(own).startswith(r"Rules(\u001b[2J<b>\u000a, edition 1, ")
    page = own._repr_html_()
    assert "\x1b" not in page
    assert "b" not in Reader(page).tags


@given(st.lists(st.text()))
def test_a_line_is_printable(parts):
    assert write_line("A", parts).isprintable()


@given(st.text(), st.lists(st.tuples(st.text(), st.text())))
def test_no_text_becomes_a_tag(caption, rows):
    page = write_table(caption, ["a", "b"], rows)
    assert set(Reader(page).tags) <= {"table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert Reader(page).tags.count("tr") == 1 + len(rows)


@pytest.mark.parametrize("telescope", [jwst, hst_svm, hst_cal], ids=lambda module: module.__name__)
def test_a_telescope_lists_its_public_names_only(telescope):
    assert dir(telescope) == sorted(telescope.__all__)
    assert {"run", "steps", "decode", "describe", "keep_numbers", "read_rules"} <= set(dir(telescope))
    assert all(hasattr(telescope, name) for name in dir(telescope))
