"""Small rule sets drawn at random, and oracles that say in the plainest way what a table means."""

import re
import shutil
import subprocess
from itertools import product
from pathlib import Path

from hypothesis import strategies as st

from scrub.cli import main
from scrub.files.shipped import find

LISTS = {"a": ["x", "y", "z"], "b": ["0", "1"]}
EDITIONS = ["1", "2", "3"]
TOML = """
[own.editions]
policy = "list"
key = ["edition"]
answers = { released = "" }
[own.lists]
policy = "list"
key = ["list", "word"]
[own.t]
policy = "unique"
conditions = { a = "a", b = "b" }
answers = { group = "" }
"""


def cells(words: list[str]) -> st.SearchStrategy[str]:
    some = st.lists(st.sampled_from(words), min_size=1, max_size=2, unique=True).map("|".join)
    return st.just("*") | some | some.map(lambda cell: f"!{cell}")


dates = st.sampled_from([("", ""), ("", ""), ("", "2"), ("2", ""), ("", "3"), ("3", ""), ("2", "3")])
rows = st.lists(
    st.tuples(cells(LISTS["a"]), cells(LISTS["b"]), st.sampled_from(["p", "q"]), dates), min_size=1, max_size=5
)


@st.composite
def sound(draw) -> list:
    """Rows that answer each case once at each edition: a partition of the cases, each part dated or not."""
    table = []
    for a in LISTS["a"]:
        parts = [("*",)] if draw(st.booleans()) else [("0",), ("1",)]
        for (b,) in parts:
            group, later = draw(st.sampled_from("pq")), draw(st.sampled_from("pq"))
            split = draw(st.sampled_from(["", "2", "3"]))
            table += [(a, b, group, ("", split))] + ([(a, b, later, (split, ""))] if split else [])
    return draw(st.permutations(table))


def write(folder: Path, table: list) -> Path:
    """Write a rule set whose only decision table has these rows."""
    own = folder / "own"
    own.mkdir(exist_ok=True)
    (own / "tables.toml").write_text(TOML)
    (own / "editions.csv").write_text("edition,released,source,note\n" + "".join(f"{e},,a page,\n" for e in EDITIONS))
    words = "".join(f"{name},{word},,,a page,\n" for name, listed in LISTS.items() for word in listed)
    (own / "lists.csv").write_text("list,word,since,until,source,note\n" + words)
    told = "".join(f"{a},{b},{group},{since},{until},a page,\n" for a, b, group, (since, until) in table)
    (own / "t.csv").write_text("a,b,group,since,until,source,note\n" + told)
    return own


def fits(cell: str, word: str) -> bool:
    """What a cell means, said once more in the plainest way."""
    if cell == "*":
        return True
    if cell.startswith("!"):
        return word not in cell[1:].split("|")
    return word in cell.split("|")


def answers(table: list, edition: str) -> dict[tuple[str, str], list[str]]:
    """Every case, and what each row that answers it says."""
    now = [row for row in table if (row[3][0] or "0") <= edition < (row[3][1] or "9")]
    return {
        case: [group for a, b, group, _ in now if fits(a, case[0]) and fits(b, case[1])]
        for case in product(*LISTS.values())
    }


def copy_shipped(where: Path, *names: str) -> Path:
    """Copy rule sets that ship into a folder, all unless some are named; return the folder of the first."""
    for name in names:
        shutil.copytree(find("rules") / name, where / name)
    return where / names[0] if names else Path(shutil.copytree(find("rules"), where / "rules"))


def replace(path: Path, old: str, new: str, count: int = 1) -> None:
    """Replace text that a file must have."""
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, count).encode())


def edit(folder: Path, table: str, old: str, new: str) -> None:
    """Replace text that a table of a folder must have."""
    replace(folder / f"{table}.csv", old, new)


def git(where: Path, *words: str) -> None:
    """Run git in a folder, as nobody in particular."""
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", "-C", str(where), *who, *words], check=True, capture_output=True)


def run_rules(capsys, *words: str) -> tuple[int, str]:
    """Run ``skyscrub rules …``; return its exit code and what it printed."""
    code = main.main(["rules", *words])
    return code, capsys.readouterr().out


ALPHABET = ["".join(letters) for n in range(6) for letters in product("abz", repeat=n)]
patterns = st.lists(st.text("ab*", min_size=1, max_size=3), min_size=1, max_size=4)


def first(listed: list[str], word: str) -> int:
    """Return the first pattern that a word fits, said in the plainest way; -1 if there is none."""
    tests = [re.compile(pattern.replace("*", ".*")) for pattern in listed]
    return next((i for i, test in enumerate(tests) if test.fullmatch(word)), -1)
