"""scikit-learn's own checks: each passes, or is listed with the reason why it does not apply."""

import re

import pytest
from sklearn.utils import estimator_checks

from tests.data import TOP
from tests.sklearn.checks import ESTIMATORS, MORE, NOT_APPLICABLE, run_more

NAMES = {type(estimator).__name__: name for name, estimator in ESTIMATORS.items()}


@estimator_checks.parametrize_with_checks(
    list(ESTIMATORS.values()),
    expected_failed_checks=lambda estimator: NOT_APPLICABLE[NAMES[type(estimator).__name__]],
)
def test_scikit_learn_passes_it(estimator, check):
    check(estimator)


@pytest.mark.slow
@pytest.mark.parametrize("name", ESTIMATORS)
def test_it_passes_the_checks_that_scikit_learn_has_for_its_own(name):
    ends = dict(run_more(name))
    assert list(ends) == MORE
    assert {check for check, end in ends.items() if end != "passed"} == set(MORE) & set(NOT_APPLICABLE[name])


def test_what_does_not_apply_is_a_check():
    for reasons in NOT_APPLICABLE.values():
        assert all(hasattr(estimator_checks, check) and reason for check, reason in reasons.items())


def test_the_page_lists_what_does_not_apply():
    page = (TOP / "docs" / "for-models.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \| `(check_\w+)` \| (.+) \|$", page, re.MULTILINE)
    expected = [(name, check, why) for name, reasons in NOT_APPLICABLE.items() for check, why in reasons.items()]
    assert rows == expected
