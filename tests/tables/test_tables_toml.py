"""tables.toml held against its language: every misspelt key is refused by file and line."""

import re
import shutil
from pathlib import Path

import pytest

from scrub.files.shipped import find
from scrub.tables import RuleError, declare, locate, read
from scrub.tables.language import KEYS, PARTS
from scrub.tables.lint.check import check

RULES = find("rules")
TEXT = (RULES / "tables.toml").read_text(encoding="utf-8")
DOTTED = re.compile(r"^((?:tools\.)?)([a-z_]+) = ")


def misspell(word: str, *, everywhere: bool = True) -> list[str]:
    """A word with one letter dropped, doubled, or swapped with the next: each letter, or the middle one."""
    spots = range(len(word)) if everywhere else [len(word) // 2]
    wrong = [w for i in spots for w in (word[:i] + word[i + 1 :], word[: i + 1] + word[i:])]
    wrong += [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in spots if i + 1 < len(word)]
    return [w for w in dict.fromkeys(wrong) if w and w != word]


def outer_keys() -> dict[str, tuple[int, str]]:
    """For each key of the language the first line of the shipped file that has it."""
    first = {}
    for number, line in enumerate(TEXT.splitlines()):
        if match := DOTTED.match(line):
            first.setdefault(match[1] + match[2], (number, match[2]))
    return first


def test_the_shipped_file_uses_every_key_of_the_language():
    assert set(outer_keys()) - {"like", "without"} == set(KEYS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A copy of the shipped rules whose tables.toml may be written."""
    copy = tmp_path_factory.mktemp("copy") / "rules"
    shutil.copytree(RULES, copy)
    return copy


def refused_at(folder: Path, text: str) -> set[tuple[str, int]]:
    """The places at which a tables.toml is refused."""
    path = folder / "tables.toml"
    path.write_text(text, encoding="utf-8")
    return {(Path(f.file).name, f.line) for f in declare.read(path).findings}


@pytest.mark.slow
@pytest.mark.parametrize("key", [key for key in outer_keys() if key not in ("like", "without")])
def test_a_misspelt_key_is_refused_at_its_line(folder, key):
    number, word = outer_keys()[key]
    for wrong in misspell(word):
        lines = TEXT.splitlines()
        lines[number] = lines[number].replace(f"{word} = ", f"{wrong} = ", 1)
        places = refused_at(folder, "\n".join(lines))
        assert ("tables.toml", number + 1) in places, (wrong, places)


@pytest.mark.parametrize(("key", "part"), [(key, part) for key, parts in PARTS.items() for part in parts])
def test_a_misspelt_part_of_a_key_is_refused_at_its_line(folder, key, part):
    number = next(
        i for i, line in enumerate(TEXT.splitlines()) if line.startswith(f"{key} = ") and f"{part} = " in line
    )
    for wrong in misspell(part):
        lines = TEXT.splitlines()
        lines[number] = re.sub(rf"\b{part} = ", f"{wrong} = ", lines[number], count=1)
        assert ("tables.toml", number + 1) in refused_at(folder, "\n".join(lines)), wrong


def test_a_table_that_is_left_out_and_not_there_is_refused(folder):
    number = next(i for i, line in enumerate(TEXT.splitlines()) if line.startswith("without = "))
    (folder / "tables.toml").write_text(TEXT.replace('without = ["dispersers"', 'without = ["dispenser"'))
    (finding,) = [f for f in declare.read(folder / "tables.toml").findings if f.column.endswith("without")]
    assert (finding.line, finding.case) == (number + 1, "jwst_dms has no table 'dispenser'")


@pytest.mark.parametrize("name", ["like"])
def test_a_misspelt_like_is_refused(folder, name):
    number = next(i for i, line in enumerate(TEXT.splitlines()) if line.startswith("like = "))
    for wrong in misspell(name):
        lines = TEXT.splitlines()
        lines[number] = lines[number].replace(name, wrong, 1)
        assert ("tables.toml", number + 1) in refused_at(folder, "\n".join(lines))


def edits():
    """A line of the shipped file, what it becomes, and the message with the nearest word."""
    yield 'policy = "unique"', 'policy = "uniqe"', "unknown policy 'uniqe' (nearest: 'unique')"
    yield "turn = 4", 'turn = "4"', "a whole number from 1 is required"
    yield 'key = ["keyword"]', 'key = "keyword"', "a list of texts is required"
    yield (
        'leaves_out = { group = "none" }',
        'leaves_out = { grop = "none" }',
        "'grop' is not one of the columns (nearest: 'group')",
    )
    yield 'abstains = "lacking"', 'abstains = "lackin"', "'lackin' is not one of the columns (nearest: 'lacking')"
    yield 'fills = "keyword"', 'fills = "keywrd"', "'keywrd' is not one of the columns"
    yield 'tools.order = ["priority"]', 'tools.order = ["prioritys"]', "'prioritys' is not one of the columns"
    yield 'tools.changes = "RENUMBER"', 'tools.changes = "RENUMBR"', "one of RENAME, REGROUP, RENUMBER"
    yield 'like = "jwst@3"', 'like = "jwts@3"', "no rule set 'jwts' (nearest: 'jwst')"
    yield "else_row = true", 'else_row = "yes"', "true or false is required"
    yield "turn = 7", "turn = 6", "turn 6 is the turn of dispersers, too"
    yield 'policy = "first"\nkey = ["keyword"]', 'policy = "first"', "needs the key 'key'"
    yield 'policy = "first"', 'policy = "first"\nturn = 30', "belongs to the policy unique, not to first"


@pytest.mark.parametrize("key", ["flags", "covers", "turn", "tools.changes"])
def test_check_and_load_refuse_a_misspelt_key_alike(folder, key):
    number, word = outer_keys()[key]
    lines = TEXT.splitlines()
    lines[number] = lines[number].replace(f"{word} = ", f"{word[:-1]} = ", 1)
    assert refused_at(folder, "\n".join(lines)) == {("tables.toml", number + 1)}
    with pytest.raises(
        RuleError, match=rf"^{re.escape(str(folder))}/tables.toml:{number + 1}: declaration: .*unknown key"
    ):
        read(folder / "jwst")
    assert [(Path(f.file).name, f.line) for f in check(folder / "jwst")] == [("tables.toml", number + 1)]


def columns() -> list[tuple[str, int, str]]:
    """The columns that the sections of each rule set name in inline tables: rule set, line, column."""
    found, current = [], ""
    for number, line in enumerate(TEXT.splitlines()):
        if header := re.match(r"\[(\w+)", line):
            current = header[1]
        elif re.match(r"(conditions|answers|words|leaves_out|expressions) = ", line):
            found += [(current, number, column) for column in re.findall(r"(\w+) = ", line)[1:]]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("step", [8, pytest.param(1, marks=pytest.mark.nightly)], ids=["some", "all"])
def test_a_misspelt_column_is_refused_by_file_and_line(folder, step):
    for name, number, column in columns()[::step]:
        (wrong, *_) = misspell(column, everywhere=False)
        lines = TEXT.splitlines()
        before, mark, after = lines[number].partition(" = ")
        lines[number] = before + mark + re.sub(rf"\b{column} = ", f"{wrong} = ", after, count=1)
        (folder / "tables.toml").write_text("\n".join(lines), encoding="utf-8")
        base = "jwst" if name == "common" else name
        with pytest.raises(RuleError, match=r"^\S+:[0-9]+: "):
            read(folder / base, base=base)


@pytest.mark.parametrize(("was", "now", "message"), list(edits()))
def test_a_value_that_breaks_the_language_is_refused_with_the_nearest_word(folder, was, now, message):
    assert was in TEXT
    (folder / "tables.toml").write_text(TEXT.replace(was, now, 1), encoding="utf-8")
    findings = declare.read(folder / "tables.toml").findings
    assert any(message in finding.case for finding in findings), findings


@pytest.mark.slow
@pytest.mark.parametrize(
    ("was", "now"),
    [('"flag"', '"flg"'), ('covers = "need"', 'covers = "nead"'), ('"keywords.keyword"', '"keywords.keywrd"')],
)
def test_a_list_that_does_not_exist_is_refused_at_the_line_that_names_it(folder, was, now):
    text = TEXT.replace(was, now, 1)
    (folder / "tables.toml").write_text(text, encoding="utf-8")
    number = next(i for i, line in enumerate(text.splitlines(), start=1) if now in line)
    base = "jwst_dms" if "need" in was else "jwst"
    findings = check(folder / base)
    assert (number, "declaration") in {(f.line, f.kind) for f in findings}, findings
    with pytest.raises(RuleError, match=rf"tables.toml:{number}: declaration"):
        read(folder / base)


def test_a_table_of_a_misspelt_name_is_refused(folder):
    for was, now in (("[jwst.encodings]", "[jwst.encodngs]"), ("[hst_cal.files]", "[hst_cla.files]")):
        (folder / "tables.toml").write_text(TEXT.replace(was, now), encoding="utf-8")
        with pytest.raises(RuleError):
            read(folder / "jwst")
        assert check(folder / "jwst")


def test_every_section_that_ships_is_sound():
    assert locate.read(RULES / "tables.toml").findings == ()


def test_a_declaration_cannot_be_changed():
    groups = locate.read(RULES / "tables.toml").sets["jwst"]["groups"]
    with pytest.raises(TypeError):
        groups.answers["offsets"] = "spoilt"
    with pytest.raises(AttributeError):
        groups.policy = "first"


PAGE = Path(__file__).resolve().parents[2] / "docs" / "tables-toml.md"


def test_the_page_describes_every_key_once():
    rows = re.findall(r"^\| `([a-z_.]+)` \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(rows) == sorted(KEYS)


def test_the_section_on_the_page_is_a_sound_rule_set(tmp_path):
    text = PAGE.read_text(encoding="utf-8")
    folder = tmp_path / "mission"
    folder.mkdir()
    toml, lists, modes = (re.findall(rf"```{form}\n(.*?)```", text, flags=re.DOTALL) for form in ("toml", "csv", "csv"))
    (folder / "tables.toml").write_text(toml[0])
    (folder / "lists.csv").write_text(lists[0])
    (folder / "modes.csv").write_text(modes[1])
    (folder / "editions.csv").write_text("edition,released,source,note\n1,,Handbook,\n")
    assert check(folder) == []
    (folder / "modes.csv").write_text(modes[1].replace("dark,*,calibration,,,Handbook 2.2,\n", ""))
    (gap,) = check(folder)
    assert str(gap).endswith("modes.csv:1: gap: no row for mode=dark, camera=blue (2 such cases)")


def test_a_value_that_is_too_deep_to_read_is_refused(tmp_path):
    (tmp_path / "tables.toml").write_text(f"a = {'[' * 100_000}{']' * 100_000}\n")
    with pytest.raises(RuleError, match=r"tables\.toml: "):
        locate.read(tmp_path / "tables.toml")


@pytest.mark.parametrize(("text", "line"), [(b"\xff = 1\n", 1), (b"\n# caf\xe9\n", 2), (b"a = 1\n\nb = '\xe9'\n", 3)])
def test_a_byte_that_is_no_text_is_refused_by_line(tmp_path, text, line):
    (tmp_path / "tables.toml").write_bytes(text)
    with pytest.raises(RuleError, match=rf"tables\.toml:{line}: not UTF-8: the byte 0x(ff|e9)$"):
        locate.read(tmp_path / "tables.toml")


@pytest.mark.parametrize(
    "codes",
    [
        '"column"',
        '{ of = "column", word = "value", code = "code" }',
        '{ of = 1, word = "value", code = "code", shared = {} }',
    ],
)
def test_codes_of_another_form_are_refused_by_line(rule_sets, codes):
    file = rule_sets / "tables.toml"
    text = re.sub(
        r"(?<=\[hst_cal\.encodings\]\n)((?:(?!\ncodes).)*\n)codes = [^\n]*",
        rf"\1codes = {codes}",
        file.read_text(),
        flags=re.DOTALL,
    )
    file.write_text(text)
    assert any("encodings.codes" in str(finding) for finding in check(rule_sets / "hst_cal"))
