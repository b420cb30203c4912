"""Pages in a browser: axe finds nothing, nothing of the data acts, nothing is asked for, the keyboard is enough.

Needs Chromium and its driver, selenium, and axe-core: the environment variable AXE_CORE names its ``axe.min.js``.
"""

import json
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from scrub.cli import main
from scrub.report.page import report
from tests.report.conftest import run_jwst

pytestmark = pytest.mark.browser

AXE = Path(os.environ.get("AXE_CORE", "no-axe"))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PAGES = ["report", "hostile", "hst-svm", "hst-cal", "index", "jwst-product_names", "jwst_dms-lists"]
WAIT = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(done);
"""


@pytest.fixture(scope="module")
def browser():
    """A browser without a window, which keeps what it asked for and what its console says."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    if not CHROMIUM or not shutil.which("chromedriver"):
        pytest.skip("no chromium or no chromedriver here")
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1280,900",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    driver.set_script_timeout(300)
    driver.set_page_load_timeout(300)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def files(tmp_path_factory, saved, hostile, saved_hst) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    for name, run in {"report": saved, "hostile": hostile, **saved_hst}.items():
        (folder / f"{name}.html").write_text(report(run).page)
    assert main.main(["rules", "html", str(folder)]) == 0
    return {path.stem: path for path in folder.glob("*.html")}


@pytest.fixture(scope="module")
def large(tmp_path_factory, sample) -> Path:
    """The report of ten thousand products."""
    programs = [f"{10_000 + i}" for i in range(400)]
    parts = [
        sample.assign(PROGRAM=program, exposure=sample["exposure"].str.replace("jw09999", f"jw{program}"))
        for program in programs
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows.loc[0, "EXP_TYPE"] = "NRC_TYPO"
    folder = run_jwst(tmp_path_factory.mktemp("large"), rows)
    path = folder / "report.html"
    path.write_text(report(folder).page)
    return path


def look_at(browser, path: Path, *, dark: bool = False, place: str = "") -> None:
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    browser.get("about:blank")
    for log in ("browser", "performance"):
        browser.get_log(log)
    browser.get(f"{path.as_uri()}{place}")


def list_requests(browser) -> set[str]:
    """What the browser asked for since the page was opened."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    return {m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"}


def count_rows(browser, table: str) -> int:
    """How many rows of a table can be seen."""
    rows = f"document.querySelectorAll('table[data-name=\"{table}\"] tbody tr')"
    return browser.execute_script(f"return [...{rows}].filter((row) => row.offsetParent !== null).length")


def press(browser, *keys: str) -> None:
    browser.switch_to.active_element.send_keys(*keys)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser, files, name, dark):
    if not AXE.is_file():
        pytest.skip("AXE_CORE names no axe.min.js")
    look_at(browser, files[name], dark=dark)
    browser.execute_script(AXE.read_text())
    result = browser.execute_async_script(WAIT)
    assert len(result["passes"]) > 10
    assert [(rule["id"], [node["html"][:200] for node in rule["nodes"]][:3]) for rule in result["violations"]] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_and_its_console_is_silent(browser, files, name):
    look_at(browser, files[name])
    assert list_requests(browser) == {files[name].as_uri()}
    assert browser.get_log("browser") == []
    assert browser.execute_script("return document.querySelectorAll('img, iframe, object, embed, form').length") == 0
    assert browser.execute_script("return document.scripts.length") <= 1


def test_a_style_or_script_of_the_data_would_not_act(browser, files, tmp_path):
    text = files["report"].read_text()
    evil = "<script>document.title = 'evil'</script><p id=p style='display: none' onclick=alert(1)>p</p>"
    (tmp_path / "evil.html").write_text(text.replace("</main>", f"{evil}<img src='https://example.org/a.png'></main>"))
    look_at(browser, tmp_path / "evil.html")
    assert browser.title != "evil"
    assert browser.execute_script("return getComputedStyle(document.getElementById('p')).display") == "block"
    assert sum("Content Security Policy" in entry["message"] for entry in browser.get_log("browser")) >= 3


@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_page_scrolls_in_one_direction_only(browser, files, name):
    look_at(browser, files[name])
    size = {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    width = browser.execute_script("return document.documentElement.scrollWidth")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert width <= 320


def test_the_keyboard_is_enough(browser, files):
    from selenium.webdriver.common.keys import Keys

    look_at(browser, files["report"])
    browser.execute_script("document.body.focus()")
    browser.find_element("tag name", "body").send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the content"
    press(browser, Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "main"
    seen = []
    while len(seen) < 60:
        press(browser, Keys.TAB)
        element = browser.switch_to.active_element
        if element.tag_name == "body":
            break
        outline = browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", element)
        seen.append((element.get_attribute("type") or element.tag_name, outline))
        if seen[-1][0] == "search" and element.accessible_name == "Search rules":
            press(browser, "encodings.csv: NRC_IMAGE")
            assert count_rows(browser, "rules") == 1
    assert {outline for _, outline in seen} == {"solid"}
    assert {"search", "button", "div"} <= {kind for kind, _ in seen}


def test_a_link_to_a_row_shows_it(browser, files):
    look_at(browser, files["jwst-encodings"], place="#L200")
    assert browser.execute_script("return document.querySelector(':target').id") == "L200"
    box = browser.find_element("css selector", "input[type=search]")
    box.send_keys("no such row")
    assert count_rows(browser, "rows") == 0
    browser.execute_script("location.hash = '#L201'")
    assert count_rows(browser, "rows") > 200


def test_without_scripts_every_row_is_there(browser, files):
    rows = files["report"].read_text().partition('data-name="rules"')[2].partition("</tbody>")[0].count("<tr>") - 1
    assert rows > 100
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        look_at(browser, files["report"])
        assert count_rows(browser, "rules") == rows
        assert browser.find_elements("css selector", "input") == []
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_ten_thousand_products_are_a_page_of_few_megabytes_that_can_be_searched(browser, large):
    assert large.stat().st_size < 6_000_000
    look_at(browser, large)
    assert count_rows(browser, "products") == 100
    box = browser.find_elements("css selector", "input[type=search]")[-1]
    assert box.accessible_name == "Search products"
    box.send_keys("jw10399 nircam")
    assert 0 < count_rows(browser, "products") < 20
    status = box.find_element("xpath", "../span[@role='status']")
    assert status.text == f"1 to {count_rows(browser, 'products')} of {count_rows(browser, 'products')}"
    box.clear()
    box.send_keys(" ")
    following = box.find_element("xpath", "../button[2]")
    following.click()
    assert status.text.startswith("101 to 200 of ")
    assert browser.get_log("browser") == []
