"""Pictures of the sky: where things are drawn is where they are, and a picture is a whole file or none."""

import re
import shutil
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrub import jwst
from scrub.cli import main
from scrub.frames import sky
from scrub.on_data.registry import find_pipeline
from scrub.report import render, sky_svg
from scrub.report.page import MOST_PICTURES, report
from scrub.report.pictures import draw_products
from scrub.report.saved_run import Known
from tests.pages import assert_safe
from tests.report.conftest import run_jwst

NAME = "jw09999-o001_t3_nircam_clear-f200w"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def answer(sample):
    return jwst.run(sample)


def draw(rules, answer, names=None):
    products = answer.products.reset_index()
    known = Known(rules, find_pipeline("jwst"), [])
    return draw_products(known, answer.exposures, products, names or list(answer.products.index))


@given(st.floats(0, 360), st.floats(-89, 89), st.floats(0, 360), st.floats(1e-4, 1.0))
def test_offsets_are_as_far_and_in_the_direction_that_the_sky_says(ra0, dec0, angle, degrees):
    dec = np.clip(dec0 + degrees * np.cos(np.deg2rad(angle)), -89.9, 89.9)
    ra = ra0 + degrees * np.sin(np.deg2rad(angle))
    east, north = sky.tangent_offsets(ra, dec, ra0, dec0)
    apart = np.deg2rad(sky.separation(ra, dec, ra0, dec0) / sky.ARCSEC)
    assert np.isclose(np.hypot(east, north), np.rad2deg(np.tan(apart)) * sky.ARCSEC, rtol=1e-6, atol=1e-3)
    assert east * np.sin(np.deg2rad(ra - ra0)) >= -1e-6


def test_the_far_side_of_the_sky_has_no_offset():
    assert np.isnan(sky.tangent_offsets(180.0, 0.0, 0.0, 0.0)).all()


def test_a_picture_has_every_exposure_and_holds_all_of_it(rules, answer):
    pictures = draw(rules, answer)
    sizes = answer.members["product_id"].value_counts()
    without = set(answer.products.index) - set(pictures)
    assert {name.split("_")[2] for name in without} == {"fgs"}
    for name, picture in pictures.items():
        assert picture.exposures == sizes[name]
        assert picture.fiducial
        assert picture.centre == tuple(answer.products.loc[name, ["fx_ra", "fy_dec"]])
        (east, north), size = picture.middle, picture.size
        for outline in picture.outlines:
            for polygon in outline.polygons:
                assert (np.abs(polygon - np.array([[east], [north]])) < size).all()
        assert 2 <= len([tick for tick in picture.ticks if abs(tick - east) <= size]) <= 12


def test_offsets_in_a_picture_are_those_of_the_products_table(rules, answer):
    for name, picture in draw(rules, answer).items():
        row = answer.products.loc[name]
        farthest = max(np.hypot(*outline.points).max() for outline in picture.outlines)
        if "|" not in row["DETECTOR"]:
            assert np.isclose(farthest / row["scale"], row["max_offset"], rtol=1e-3)


def test_a_region_of_the_header_is_the_footprint(rules, sample):
    region = "POLYGON ICRS 80.0 -69.51 80.05 -69.51 80.05 -69.49 80.0 -69.49"
    table = sample.assign(S_REGION=[region if i == 0 else "" for i in range(len(sample))])
    picture = draw(rules, jwst.run(table), [NAME])[NAME]
    assert picture.outline == "S_REGION and pixel_scales"
    wide, tall = np.ptp(picture.outlines[0].polygons[0], axis=1)
    assert np.isclose(wide, 0.05 * 3600 * np.cos(np.deg2rad(69.51)), rtol=1e-3)
    assert np.isclose(tall, 0.02 * 3600, rtol=1e-2)


def test_a_far_target_stands_beside_the_picture(rules, sample):
    first = sample[sample["OBSERVTN"] == "001"].assign(TARG_DEC=-69.2)
    picture = draw(rules, jwst.run(first)).popitem()[1]
    assert picture.target is None
    assert re.fullmatch(r"target: 1,0[0-9]{2} arcsec away, outside the picture", picture.aside)
    picture = draw(rules, jwst.run(sample.assign(TARG_RA="", TARG_DEC=""))).popitem()[1]
    assert picture.aside == "target: no position"


@pytest.mark.slow
def test_the_report_has_a_picture_of_each_product_that_has_footprints(saved, rules):
    page = report(saved).page
    number = page.count('<svg class="sky"')
    assert 0 < number < MOST_PICTURES
    products = (saved / "products.csv").read_text().count("\n") - 1
    assert f"{number} of {products} products have a picture here" in page


@pytest.mark.parametrize("form", ["svg", "png"])
def test_the_command_saves_one_picture(saved, tmp_path, capsys, form):
    target = tmp_path / f"a.{form}"
    assert main.main(["sky", NAME, "--on", str(saved), "--out", str(target)]) == 0
    assert capsys.readouterr().out == f"{target}\n"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    if form == "png":
        assert target.read_bytes().startswith(b"\x89PNG")
    else:
        root = ElementTree.fromstring(target.read_text())  # noqa: S314
        assert root.find(f"{SVG}title").text == f"{NAME} on the sky"
        assert "2 of NRCA2" in root.find(f"{SVG}desc").text
        assert "target LMC-FIELD" not in root.find(f"{SVG}title").text


@pytest.mark.slow
def test_hostile_names_are_text_in_pictures(sample, tmp_path):
    folder = run_jwst(tmp_path, sample.assign(TARGNAME="</desc><script>\u202e$\\frac{1}", EXP_TYPE=bad_types(sample)))
    page = report(folder).page
    assert render.show("</desc><script>\u202e$\\frac{1}") in assert_safe(page).text
    products = [line.split(",")[0] for line in (folder / "products.csv").read_text().splitlines()[1:]]
    for form in ("svg", "png"):
        assert main.main(["sky", products[0], "--on", str(folder), "--out", str(tmp_path / f"a.{form}")]) == 0
    root = ElementTree.fromstring((tmp_path / "a.svg").read_text())  # noqa: S314
    tags = [element.tag for element in root.iter()]
    assert f"{SVG}script" not in tags


def bad_types(sample):
    """The exposure types of the sample, one of them none, so that the run ends with a reject."""
    return ["NRC_TYPO", *sample["EXP_TYPE"].iloc[1:]]


@pytest.mark.slow
def test_what_cannot_be_drawn_ends_in_a_sentence(saved, saved_hst, tmp_path, capsys):
    out = str(tmp_path / "a.svg")
    endings = {
        ("nothing", saved): (2, "no product of"),
        ("jw09999-o004_t3_fgs_sub128cntr", saved): (3, "no footprint"),
        (NAME, saved_hst["hst-svm"]): (3, "a run of hst_svm has no footprints"),
        (NAME, tmp_path): (3, "no ledger.json"),
    }
    for (name, folder), (code, words) in endings.items():
        assert main.main(["sky", name, "--on", str(folder), "--out", out]) == code, name
        assert words in capsys.readouterr().err
    assert main.main(["sky", NAME, "--on", str(saved), "--out", out, "--edition", "2"]) == 3
    assert "made by other rules: edition 3, here 2" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main.main(["sky", NAME, "--on", str(saved), "--out", "a.gif"])
    assert not (tmp_path / "a.svg").exists()


@pytest.mark.slow
def test_a_picture_replaces_no_output_of_the_run(saved, tmp_path, capsys):
    copy = shutil.copytree(saved, tmp_path / "out")
    (copy / "link.svg").symlink_to(copy / "products.csv")
    assert main.main(["sky", NAME, "--on", str(copy), "--out", str(copy / "link.svg")]) == 3
    assert "would replace it" in capsys.readouterr().err


def test_colours_and_dashes_tell_ten_detectors_apart():
    styles = {(i % len(sky_svg.COLOURS), i % len(sky_svg.DASHES)) for i in range(8)}
    assert len(styles) == 8
