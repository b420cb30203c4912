"""Rejects: an account of rows that were set aside."""

from scrub.frames import rejects


def test_an_account_of_no_rows_is_the_callers_own():
    first = rejects.none_rejected()
    first.loc[0] = ["a", "s", "missing", "n", ""]
    first.attrs["mark"] = "x"
    second = rejects.none_rejected()
    second.columns = list("abcde")
    third = rejects.none_rejected()
    assert (len(first), len(third), third.attrs, third.columns.tolist()) == (1, 0, {}, rejects.REJECTED)
