"""A released edition keeps its answers: a row that changes them is closed, and followed in a new edition."""

import pandas as pd
import pytest

from tests.goldens import release


@pytest.mark.slow
def test_no_table_of_a_released_edition_answers_otherwise():
    key = ["rules", "edition", "table"]
    pinned = pd.read_csv(release.RELEASED, dtype="str").set_index(key)["sha256"]
    now = release.pin().set_index(key)["sha256"]
    both = pd.concat([pinned.rename("was"), now.rename("is")], axis="columns")
    changed = both[both["was"].ne(both["is"])].index.tolist()
    assert changed == [], "close the row and make a new edition: skyscrub rules new-edition"
