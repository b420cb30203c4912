"""What saved exposures say of a run: the rows that decided, and the footprints."""

import numpy as np
import pandas as pd

from scrub import jwst
from scrub.jwst import saved
from tests.strategies import RULES

REGION = "POLYGON ICRS 9.9 -0.1 10.1 -0.1 10.1 0.1 9.9 0.1"


def members(**changes) -> pd.DataFrame:
    row = {
        "exposure": "a", "product_id": "p", "DETECTOR": "NIS", "S_REGION": None, "group": "image", "fiducial_ra": 10.0,
        "fiducial_dec": 60.0, "scale": 1.0, "width": 7200.0, "height": 3600.0, **changes,
    }  # fmt: skip
    return pd.DataFrame([row]).astype({"S_REGION": object})


def test_a_region_is_the_outline():
    (found,) = saved._outline(RULES, members(S_REGION=REGION))
    assert found[:5] == ("a", "p", "NIS", 10.0, 60.0)
    assert found.outline == "S_REGION"
    np.testing.assert_allclose(found.polygons[0], [[9.9, 10.1, 10.1, 9.9], [-0.1, -0.1, 0.1, 0.1]])
    assert len(found.polygons) == 1


def test_without_a_region_the_rules_give_the_outline():
    (found,) = saved._outline(RULES, members())
    assert found.outline == "pixel_scales"
    (corners,) = found.polygons
    assert sorted(set(np.round(corners[0], 9))) == [9.0, 11.0]
    assert sorted(set(np.round(corners[1], 9))) == [59.5, 60.5]


def test_a_footprint_that_is_not_flat_is_wider_towards_the_pole():
    (found,) = saved._outline(RULES, members(group="no such group"))
    (corners,) = found.polygons
    assert np.ptp(corners[0]) > 3.9


def test_without_region_and_size_there_is_no_outline():
    assert list(saved._outline(RULES, members(scale=np.nan))) == []
    assert list(saved._outline(RULES, members(fiducial_ra=np.nan))) == []
    (found,) = saved._outline(RULES, members(S_REGION=REGION, fiducial_ra=np.nan))
    assert np.isnan(found.ra)
    assert found.dec == 60.0


def test_each_row_that_decided_has_its_exposures():
    table = pd.concat([jwst.example(RULES)] * 2, ignore_index=True)
    table = table.assign(exposure=["a", "b", "c", "d"], PUPIL=["F200W", "F200W", "F200W", "CLEARP"])
    counts = saved.count_fired(RULES, jwst.exposures(RULES, table))
    assert {rule: count for rule, count in counts.items() if rule.startswith("product_names")} == {
        "product_names.csv:2": 4
    }
    assert {count for rule, count in counts.items() if rule.startswith("elements")} == {1, 3}


def test_footprints_are_of_the_products_that_are_asked_for_by_exposure():
    table = jwst.example(RULES)
    table = pd.concat([table.iloc[::-1], table.assign(OBSERVTN="7", exposure=["x", "y"])], ignore_index=True)
    exposures = jwst.exposures(RULES, table)
    name = "jw01018-o{}_t1_niriss_clear-f200w"
    found = saved.find_footprints(RULES, exposures, [name.format("007"), name.format("006")])
    assert [own.exposure for own in found] == [*sorted(table["exposure"][:2]), "x", "y"]
    assert [own.exposure for own in saved.find_footprints(RULES, exposures, [name.format("007")])] == ["x", "y"]
    assert saved.find_footprints(RULES, exposures, []) == []
