"""A released edition keeps its answers: rows that change them belong to a new edition, and code that does has a new number."""

import pandas as pd
import pytest

from tests.goldens import release

pytestmark = pytest.mark.slow


def read(path):
    return pd.read_csv(path, dtype="str", keep_default_na=False)


def test_no_table_of_a_released_edition_answers_otherwise():
    key = ["rules", "edition", "table"]
    pinned, now = (frame.set_index(key)["sha256"] for frame in (read(release.RELEASED), release.pin()))
    both = pd.concat([pinned.rename("was"), now.rename("is")], axis="columns")
    changed = both[both["was"].ne(both["is"])].index.tolist()
    assert changed == [], "close the row and make a new edition: skyscrub rules new-edition"


def test_no_pipeline_answers_otherwise_under_the_same_number_of_the_code():
    key = ["rules", "edition", "case", "code"]
    pinned, now = (frame.set_index(key)["sha256"] for frame in (read(release.ANSWERS), release.pin_answers()))
    changed = [case for case in now.index if case in pinned.index and pinned[case] != now[case]]
    assert changed == [], (
        "these answer otherwise: raise the number in rules/code.toml, then python -m tests.goldens.release"
    )
    assert set(now.index) == set(pinned.index), "new rules or a new number: python -m tests.goldens.release"
