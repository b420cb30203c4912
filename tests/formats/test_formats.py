"""Formats: whatever a cell or a file is called, each document is one that its readers take, and has every finding."""

import json
import re
from collections import Counter
from urllib.parse import unquote

import jsonschema
import pytest
import xmlschema
from hypothesis import example, given
from hypothesis import strategies as st

from scrub import formats
from scrub.cli.options import FORMATS
from scrub.formats import document, sarif
from scrub.formats.findings import SHOWN, Finding, Report, group
from tests.data import TOP
from tests.formats import schemas

DOCUMENT = json.loads((TOP / "docs" / "findings.schema.json").read_text())
XSD = xmlschema.XMLSchema(schemas.JUNIT)
texts = st.text(st.characters(codec="utf-8") | st.sampled_from("\0\x1b\ud800\r\n\t%:,<>&\"']]>"), max_size=8)
words = st.text(min_size=1, max_size=8) | st.sampled_from(["TARG_RA", "a\nb", "%0A", "a,b:c", "]]>", "::error"])
findings = st.builds(
    Finding,
    check=words,
    column=texts,
    reason=words,
    value=texts,
    line=st.integers(1, 9),
    row=st.just(0),
    severity=st.sampled_from(["error", "warning"]),
)
rows = findings.map(lambda finding: finding._replace(line=0, row=3))
reports = st.lists(
    st.builds(
        Report, file=words, stage=words, findings=st.lists(findings | rows, max_size=4).map(tuple), rows=st.none() | st.integers(0, 9), checks=st.just(())
    ),
    max_size=3,
)  # fmt: skip
HOSTILE = Report("a b,c:%.csv", "s", (Finding("c", "x\ny", "r\r\n::error::no", "v\x1b]]>&", line=2),), 1)


def lines_of(form, given_reports) -> list[str]:
    return list(formats.write(form, given_reports, command="validate", tool="0.1.0"))


def document_of(form, given_reports):
    return json.loads("\n".join(lines_of(form, given_reports)))


def test_the_command_offers_every_format():
    assert FORMATS == formats.FORMATS


@given(reports)
@example([HOSTILE])
def test_json_keeps_its_schema_and_has_every_finding(some):
    content = document_of("json", some)
    jsonschema.validate(content, DOCUMENT)
    told = [
        (file["name"], one["column"], one["line"], one["row"]) for file in content["files"] for one in file["findings"]
    ]
    assert told == [(r.file, f.column, f.line or None, f.row or None) for r in some for f in r.findings]
    assert content["passed"] is not any(f.severity == "error" for r in some for f in r.findings)
    assert content["counts"]["errors"] + content["counts"]["warnings"] == len(told)


@given(reports)
@example([HOSTILE])
def test_sarif_keeps_its_schema_and_points_at_every_line(some):
    content = document_of("sarif", some)
    jsonschema.validate(content, schemas.SARIF)
    (run,) = content["runs"]
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    told = [
        (unquote(place["artifactLocation"]["uri"]), place.get("region", {}).get("startLine", 0)) for place in places
    ]
    names = [
        (r.file.encode("utf-8", "surrogateescape").decode("utf-8", "replace"), f.line) for r in some for f in r.findings
    ]
    assert [line for _, line in told] == [line for _, line in names]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    marks = [result["partialFingerprints"]["skyscrubFinding/v1"] for result in run["results"]]
    assert len(marks) == len({(name, mark) for (name, _), mark in zip(told, marks, strict=True)}) or len(some) > 1


def test_sarif_has_no_more_than_a_host_takes_and_says_so(monkeypatch):
    monkeypatch.setattr(sarif, "MOST", 2)
    many = Report("t.csv", "s", tuple(Finding("c", "a", "r", str(i), line=2) for i in range(5)))
    (run,) = document_of("sarif", [many])["runs"]
    assert len(run["results"]) == 2
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith("3 more findings")
    jsonschema.validate(document_of("sarif", [many]), schemas.SARIF)


@given(reports)
@example([HOSTILE])
def test_junit_keeps_its_schema_and_counts_what_fails(some):
    text = "\n".join(lines_of("junit", some)).encode("utf-8", "replace")
    XSD.validate(text)
    root = XSD.to_dict(text)
    suites = root.get("testsuite", [])
    assert len(suites) == len(some)
    for suite, report in zip(suites, some, strict=True):
        cases = suite["testcase"]
        failed = [case for case in cases if "failure" in case]
        assert len(failed) == int(suite["@failures"]) == len({f.name for f in report.findings if f.severity == "error"})
        assert len(cases) == int(suite["@tests"])


def test_junit_has_a_test_case_for_each_check_that_was_asked():
    report = Report(
        "t.csv", "s", (Finding("isin", "b", "not on the list", "x", line=3),), 2, (("a", "dtype"), ("b", "isin"))
    )
    cases = XSD.to_dict("\n".join(lines_of("junit", [report])))["testsuite"][0]["testcase"]
    assert [(case["@name"], "failure" in case) for case in cases] == [("a/dtype", False), ("b/isin", True)]


@given(reports)
@example([HOSTILE])
def test_github_gets_one_command_a_line_that_no_cell_can_end(some):
    def decode(text: str) -> str:
        return (
            text.replace("%0A", "\n").replace("%0D", "\r").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
        )

    told = []
    for line in lines_of("github", some):
        assert "\n" not in line
        assert "\r" not in line
        kind, file, number, title, text = re.fullmatch(
            r"::(error|warning|notice) file=([^,:]*)(?:,line=([0-9]+))?,title=([^,:]*)::(.*)", line, re.DOTALL
        ).groups()
        told.append((kind, decode(file), int(number or 0), decode(title)))
        assert decode(text)
    wanted = [(f.severity, r.file, f.line, f.name) for r in some for one in group(r.findings) for f in one.findings]
    assert told == wanted


@given(reports)
@example([HOSTILE])
def test_gitlab_keeps_its_schema_and_tells_findings_apart(some):
    content = document_of("gitlab", some)
    jsonschema.validate(content, schemas.GITLAB)
    assert [entry["location"]["lines"]["begin"] for entry in content] == [f.line or 1 for r in some for f in r.findings]
    for report in some:
        if Counter(r.file for r in some)[report.file] == 1:
            own = [entry["fingerprint"] for entry in content if entry["location"]["path"] == report.file]
            assert len(own) == len(set(own))


def test_a_fingerprint_stays_when_lines_move():
    one, moved = (Report("t.csv", "s", (Finding("c", "a", "r", "v", line=line),)) for line in (3, 7))
    assert document_of("gitlab", [one])[0]["fingerprint"] == document_of("gitlab", [moved])[0]["fingerprint"]


@given(st.integers(1, 40), st.sampled_from(["text", "github"]))
def test_a_large_group_is_cut_and_says_how_much(number, form):
    many = Report("t.csv", "s", tuple(Finding("c", "a", "r", str(i), line=i + 2) for i in range(number)), 50)
    lines = lines_of(form, [many])
    shown = [line for line in lines if re.search(r"t\.csv(:|,line=)[0-9]+", line)]
    assert len(shown) == min(number, SHOWN)
    rest = [int(more) for line in lines for more in re.findall(r"([0-9]+) more", line)]
    assert rest == ([number - SHOWN] if number > SHOWN else [])


@pytest.mark.parametrize("form", formats.FORMATS)
def test_nothing_wrong_is_nothing_wrong_in_every_format(form):
    clean = Report("t.csv", "s", (), 3, (("a", "dtype"),))
    text = "\n".join(lines_of(form, [clean]))
    assert "failure " not in text
    assert '"level"' not in text
    assert document.VERSION == 1
