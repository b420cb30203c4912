"""Small rule sets drawn at random, and oracles that say in the plainest way what a table means."""

from itertools import product
from pathlib import Path

from hypothesis import strategies as st

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
