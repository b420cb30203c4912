"""Stages: a step that is called on its own raises on a bad row."""

import pytest

from scrub import jwst
from scrub.contracts import contracts


def test_a_step_called_on_its_own_raises_on_a_bad_row(rules):
    headers = jwst.example(rules)
    bad = headers.assign(EXP_TYPE=["NIS_IMAGE", "NIS_IMAG"])
    with pytest.raises(
        contracts.ContractError, match="EXP_TYPE not on the list: one letter off NIS_IMAGE: 'NIS_IMAG'"
    ) as caught:
        jwst.exposures(rules, bad)
    assert caught.value.rejected["value"].tolist() == ["NIS_IMAG"]
    with pytest.raises(contracts.ContractError, match="jwst/exposures"):
        jwst.group(rules, bad)
