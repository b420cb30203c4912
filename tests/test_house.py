"""The house stands: imports go down its storeys, private names stay in their module, names mean one thing.

The order of the storeys is that of ``docs/architecture.md``. What a rule finds is ``file:line: what is wrong``; each
rule is tried on a small tree that breaks it and on one that keeps it.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.data import TOP

TELESCOPES = ("jwst", "hst_svm", "hst_cal")
STOREYS = (
    ("frames",),
    ("files",),
    ("contracts",),
    ("tables",),
    ("pipeline",),
    TELESCOPES,
    ("on_data", "formats", "compat", "samples", "report", "sklearn", "training", "distributed"),
    ("cli",),
)  # from the bottom
LEVEL = {room: level for level, rooms in enumerate(STOREYS) for room in rooms}
OF_TUPLES = {"_asdict", "_field_defaults", "_fields", "_make", "_replace"}  # public, whatever their name
VAGUE = {"told", "said", "asked", "found", "made"}


class Import(NamedTuple):
    """A line of a module that imports a thing of the package, and the room that each of them stands in."""

    place: str
    room: str
    target: str
    name: str

    @property
    def target_room(self) -> str:
        """The room of what is imported."""
        return room_of(self.target)


Rule = Callable[[Path], list[str]]


def room_of(module: str) -> str:
    """Return the room of a module: ``tables`` of ``scrub.tables.lint.check``; blank for the package itself."""
    return module.split(".")[1] if "." in module else ""


@cache
def modules(package: Path) -> tuple[tuple[str, Path, ast.Module], ...]:
    """Return the name, the file and the syntax tree of each module of a package."""
    files = sorted(package.rglob("*.py"))
    named = [(file.relative_to(package.parent).with_suffix("").parts, file) for file in files]
    return tuple(
        (".".join(parts).removesuffix(".__init__"), file, ast.parse(file.read_text(encoding="utf-8")))
        for parts, file in named
    )


def map_of(package: Path) -> dict[str, str]:
    """Return the map of a package: the names that its ``__init__`` gives to modules, from every dictionary there."""
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    return {
        key.value: value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
    }


@cache
def imports(package: Path) -> tuple[Import, ...]:
    """Return every import of the package in itself: at the top, in functions, for type checkers, by a name as text."""
    known, lines = map_of(package), []
    names = {name for name, _, _ in modules(package)} | set(known.values())
    for module, file, tree in modules(package):
        for node in ast.walk(tree):
            place = f"{file.relative_to(package.parent)}:{getattr(node, 'lineno', 0)}"
            for target, name in targets(node, module, file.name == "__init__.py", package.name):
                whole = known.get(name, "") if target == package.name else ""
                whole = whole or f"{target}.{name}"
                lines.append(Import(place, room_of(module), whole if whole in names else target, name))
    return tuple(lines)


def targets(node: ast.AST, module: str, is_package: bool, top: str) -> Iterator[tuple[str, str]]:
    """Yield the module and the name of each thing that a node imports from the package; no name of a whole module."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, "") for alias in node.names if alias.name.split(".")[0] == top)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            above = module.split(".")[: len(module.split(".")) - node.level + is_package]
            base = ".".join([*above, *([node.module] if node.module else [])])
        if base.split(".")[0] == top:
            yield from ((base, alias.name) for alias in node.names)
    elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__"):
        words = [word.value for word in node.args if isinstance(word, ast.Constant) and isinstance(word.value, str)]
        yield from ((word, "") for word in words if word.split(".")[0] == top)


def called(node: ast.Call) -> str:
    """Return the last name of what is called: ``c`` of ``a.b.c()``; blank if it has none."""
    return str(getattr(node.func, "attr", getattr(node.func, "id", "")))


# ---- the rules


def find_upward(package: Path) -> list[str]:
    """Return imports that point upwards: a storey may use only those under it."""
    return [
        f"{one.place}: {one.room} imports {one.target}, which is above it"
        for one in imports(package)
        if one.room in LEVEL and LEVEL.get(one.target_room, -1) > LEVEL[one.room]
    ]


def find_homeless(package: Path) -> list[str]:
    """Return modules that stand in no room: the storeys would not hold for them."""
    return [
        f"{file.relative_to(package.parent)}:1: stands on no storey"
        for module, file, _ in modules(package)
        if "." in module and room_of(module) not in LEVEL
    ]


def find_sideways(package: Path) -> list[str]:
    """Return imports of a telescope in another telescope."""
    return [
        f"{one.place}: {one.room} imports {one.target}, another telescope"
        for one in imports(package)
        if one.room in TELESCOPES and one.target_room in TELESCOPES and one.room != one.target_room
    ]


def find_telescopes_in_engine(package: Path) -> list[str]:
    """Return imports of a telescope in the engine: it knows none."""
    return [
        f"{one.place}: the engine imports {one.target}, a telescope"
        for one in imports(package)
        if one.room == "tables" and one.target_room in TELESCOPES
    ]


def is_private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__")) and name not in OF_TUPLES


def find_private(package: Path) -> list[str]:
    """Return private names of one module that another imports or reads."""
    wrong = [
        f"{one.place}: {one.name or one.target} is private"
        for one in imports(package)
        if any(is_private(part) for part in (*one.target.split("."), one.name))
    ]
    for module, file, tree in modules(package):
        bound = imported_names(tree, module, file.name == "__init__.py", package.name)
        wrong += [
            f"{file.relative_to(package.parent)}:{node.lineno}: {ast.unparse(node)} is private"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and is_private(node.attr) and root(node) in bound
        ]
    return sorted(wrong)


def root(node: ast.Attribute) -> str:
    """Return the name that a chain of attributes begins with: ``a`` of ``a.b._c``; blank if it begins with none."""
    value: ast.expr = node
    while isinstance(value, ast.Attribute):
        value = value.value
    return value.id if isinstance(value, ast.Name) else ""


def imported_names(tree: ast.Module, module: str, is_package: bool, top: str) -> set[str]:
    """Return the local names of what a module imports from the package."""
    return {
        alias.asname or (alias.name if isinstance(node, ast.ImportFrom) else alias.name.split(".")[0])
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if any(targets(type(node)(**{**dict(ast.iter_fields(node)), "names": [alias]}), module, is_package, top))
    }


def find_vague(package: Path) -> list[str]:
    """Return variables, arguments and attributes that have a name that says nothing of them."""
    return [
        f"{file.relative_to(package.parent)}:{line}: {name} says nothing of what it is"
        for _, file, tree in modules(package)
        for name, line in sorted(bindings(tree), key=lambda binding: binding[1])
        if name in VAGUE
    ]


def bindings(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Yield each name that is bound in a tree, with its line: variables, arguments, attributes, captures."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield (node.id if isinstance(node, ast.Name) else node.attr), node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name, node.lineno
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest, node.lineno
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((alias.asname, node.lineno) for alias in node.names if alias.asname)


# ---- the house

RULES = [find_homeless, find_upward, find_sideways, find_telescopes_in_engine, find_private]


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__.removeprefix("find_"))
def test_the_house_keeps_its_rules(rule: Rule):
    assert rule(TOP / "scrub") == []


def test_no_name_is_vague():
    assert find_vague(TOP / "scrub") == []


def test_the_storeys_are_the_folders_of_the_house():
    folders = {path.name for path in (TOP / "scrub").iterdir() if (path / "__init__.py").is_file()}
    assert set(LEVEL) == folders
    assert len(imports(TOP / "scrub")) > 200, "imports are seen at all"


# ---- the rules, on small trees

MAP = '_ROOMS = {"jwst": "scrub.jwst", "stamp": "scrub.pipeline.stamp"}\n'


def build(folder: Path, files: Mapping[str, str]) -> Path:
    """Write a small package: files below ``scrub``, each with its folder made a package; return its folder."""
    package = folder / "scrub"
    package.mkdir()
    (package / "__init__.py").write_text(MAP)
    for name in ("jwst/__init__.py", "pipeline/stamp.py", *files):
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        (path.parent / "__init__.py").touch()
        path.write_text(files.get(name, "KEY = 1\n"))
    return package


SOUND = {
    "frames/cells.py": "import pandas as pd\nfrom functools import partial\n",
    "tables/__init__.py": "from scrub.frames import cells\nfrom scrub.tables.lint import check\nfrom .lint.check import run\n",
    "tables/lint/check.py": "from ...frames.cells import pd\nfrom . import cells\nfrom scrub.frames.cells import Words\nWords._fields\n",
    "jwst/names.py": "from scrub import stamp, tables\nfrom scrub.jwst import products\nself._own = stamp.__name__\n",
    "cli/main.py": "def main():\n    from scrub import jwst\n    from scrub.cli import main\n    return jwst.run()._replace(x=1)\n",
}


@pytest.mark.parametrize("rule", [*RULES, find_vague], ids=lambda rule: rule.__name__.removeprefix("find_"))
def test_a_sound_house_has_no_finding(tmp_path, rule: Rule):
    assert rule(build(tmp_path, SOUND)) == []


BROKEN = {
    "upward: a whole module": (find_upward, "frames/a.py", "import os\nimport scrub.files.hdf5\n", "2: frames imports scrub.files.hdf5, which is above it"),
    "upward: a name": (find_upward, "files/a.py", "from scrub.contracts.stage import chain\n", "1: files imports scrub.contracts.stage, which"),
    "upward: a room": (find_upward, "contracts/a.py", "from scrub import tables\n", "1: contracts imports scrub"),
    "upward: by the map": (find_upward, "tables/a.py", "from scrub import stamp\n", "1: tables imports scrub.pipeline.stamp, which"),
    "upward: a relative one": (find_upward, "tables/a/b.py", "from ...pipeline import stamp\n", "1: tables imports scrub.pipeline.stamp, which"),
    "upward: a relative one of a package": (find_upward, "tables/__init__.py", "from ..jwst import run\n", "1: tables imports scrub.jwst, which"),
    "upward: in a function": (find_upward, "pipeline/a.py", "def f():\n    from scrub.jwst import run\n", "2: pipeline imports scrub.jwst, which"),
    "upward: for type checkers": (find_upward, "jwst/a.py", "if TYPE_CHECKING:\n    from scrub.on_data.impact import Run\n", "2: jwst imports scrub.on_data.impact, which"),
    "upward: by a name as text": (find_upward, "samples/a.py", "import importlib\nimportlib.import_module('scrub.cli.main')\n", "2: samples imports scrub.cli.main, which"),
    "no storey": (find_homeless, "cellar.py", "", "1: stands on no storey"),
    "sideways": (find_sideways, "jwst/a.py", "from scrub.hst_svm.qa import flat\n", "1: jwst imports scrub.hst_svm.qa, another telescope"),
    "sideways by the map": (find_sideways, "hst_cal/a.py", "from scrub import jwst\n", "1: hst_cal imports scrub.jwst, another telescope"),
    "the engine": (find_telescopes_in_engine, "tables/a.py", "def f():\n    from scrub import jwst\n", "2: the engine imports scrub.jwst, a telescope"),
    "private: a name": (find_private, "cli/a.py", "from scrub.jwst import _account as account\n", "1: _account is private"),
    "private: a module": (find_private, "cli/a.py", "import scrub.jwst._inner\n", "1: scrub.jwst._inner is private"),
    "private: an attribute": (find_private, "cli/a.py", "from scrub import stamp as s\nprint(s._parse())\n", "2: s._parse is private"),
    "private: deep below": (find_private, "cli/a.py", "def f():\n    import scrub.jwst\n    return scrub.jwst.names._told\n", "3: scrub.jwst.names._told is private"),
    "vague: a variable": (find_vague, "cli/a.py", "def f():\n    told = 1\n", "2: told says nothing of what it is"),
    "vague: an argument": (find_vague, "cli/a.py", "f = lambda *, asked: 1\n", "1: asked says nothing"),
    "vague: an attribute": (find_vague, "cli/a.py", "self.found = 1\n", "1: found says nothing"),
    "vague: a field": (find_vague, "cli/a.py", "class A:\n    made: int\n", "2: made says nothing"),
    "vague: a loop": (find_vague, "cli/a.py", "x = [said for said in y]\n", "1: said says nothing"),
    "vague: an error": (find_vague, "cli/a.py", "try: pass\nexcept E as told: pass\n", "2: told says nothing"),
    "vague: an import": (find_vague, "cli/a.py", "import os as made\n", "1: made says nothing"),
    "vague: a pattern": (find_vague, "cli/a.py", "match x:\n    case {'a': 1, **found}: pass\n", "2: found says nothing"),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "file", "text", "finding"), BROKEN.values(), ids=BROKEN)
def test_a_broken_house_is_reported_by_file_and_line(tmp_path, rule: Rule, file, text, finding):
    package = build(tmp_path, {"tables/__init__.py": "", "jwst/names.py": "", "pipeline/stamp.py": "", file: text})
    (line,) = rule(package)
    assert line.startswith(f"scrub/{file}:{finding}")


def test_every_rule_is_tried():
    assert {rule for rule, _, _, _ in BROKEN.values()} == {*RULES, find_vague}
