"""Changes that mutation leaves out: each is of a line that is there, and of a constant that a test frees."""

import csv
import re
from pathlib import Path

from tests.mutation.mutate import TOP

LEFT_OUT = list(csv.DictReader(Path(__file__).with_name("equivalent.csv").read_text(encoding="utf-8").splitlines()))


def squeeze(text: str) -> str:
    return " ".join(text.split())


def test_each_change_left_out_is_of_code_that_is_there():
    gone = [row for row in LEFT_OUT if squeeze(row["was"]) not in squeeze((TOP / row["module"]).read_text())]
    assert gone == []


def test_each_constant_left_out_names_the_test_that_frees_it():
    for row in (row for row in LEFT_OUT if row["is"] == "*"):
        file, test = re.search(r"(tests/\S+\.py)::(test_\w+)$", row["reason"]).groups()
        assert f"def {test}(" in (TOP / file).read_text(), row["module"]
        assert row["was"] in (TOP / file).read_text(), row["module"]
