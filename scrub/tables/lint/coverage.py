"""Coverage: words that no row of a table has, rows of one key, and patterns that no word can reach."""

from collections.abc import Iterable, Iterator, Sequence

from scrub.tables.declare import Declaration
from scrub.tables.findings import Finding
from scrub.tables.patterns import first_fit
from scrub.tables.rows import Cells

ANY = "\x00"  # a character that no word and no pattern of a table has


def group_rules(cells: Iterable[str], rules: Iterable[str]) -> dict[str, list[str]]:
    """Return the rules that have each cell of a column, in the order of the rows.

    Args:
        cells: of the column.
        rules: of the same rows.

    >>> group_rules(["a", "b", "a"], ["t.csv:2", "t.csv:3", "t.csv:4"])
    {'a': ['t.csv:2', 't.csv:4'], 'b': ['t.csv:3']}
    """
    groups: dict[str, list[str]] = {}
    for cell, rule in zip(cells, rules, strict=True):
        groups.setdefault(cell, []).append(rule)
    return groups


def find_listed(table: Declaration, rows: Cells, covered: Sequence[str]) -> Iterator[Finding]:
    """Yield rows of one key, and words that must have a row and have none, of a plain list.

    Args:
        table: what tables.toml says of it.
        rows: the columns of its rows in force.
        covered: the words whose every one must be a key.

    >>> from scrub.tables.declare import section
    >>> rows = {"part": ["a", "a"], "text": ["x", "y"], "rule": ["t.csv:2", "t.csv:3"]}
    >>> for finding in find_listed(section("t", policy="list", key=["part"], answers={"text": ""}), rows, ["a", "b"]):
    ...     print(finding)
    t.csv:3: conflict: t.csv:2 also matches part=a, with a different answer
    t.csv:1: gap: no row for part=b
    """
    keys, answers = list(table.key), list(table.answers)
    words = list(zip(*(rows[key] for key in keys), strict=True))
    firsts: dict[tuple[str, ...], int] = {}
    for row, own in enumerate(words):
        other = firsts.setdefault(own, row)
        if other != row:
            agree = all(rows[column][other] == rows[column][row] for column in answers)
            kind, how = ("duplicate", "the same") if agree else ("conflict", "a different")
            case = ", ".join(f"{key}={word}" for key, word in zip(keys, own, strict=True))
            message = f"{rows['rule'][other]} also matches {case}, with {how} answer"
            yield Finding.at(rows["rule"][row], kind, message)
    known = set(rows[keys[0]])
    for word in covered:
        if word not in known:
            yield Finding(f"{table.name}.csv", 1, "gap", f"no row for {keys[0]}={word}")


def find_patterns(table: Declaration, rows: Cells) -> Iterator[Finding]:
    """Yield rows whose pattern no word can reach, and keys without a pattern for every other word.

    A pattern with a character of no table in place of each ``*`` is a word that only patterns fit which fit all
    words of it. Thus a row is shadowed if and only if an earlier pattern fits that word.

    Args:
        table: what tables.toml says of it.
        rows: the columns of its rows in force.

    >>> from scrub.tables.declare import section
    >>> rows = {"key": ["k", "k"], "pattern": ["SUB*", "SUB64"], "rule": ["t.csv:2", "t.csv:3"]}
    >>> for finding in find_patterns(section("t", policy="first", key=["key"], answers={"a": ""}), rows):
    ...     print(finding)
    t.csv:3: shadowed: 'SUB*' of t.csv:2 fits every word that 'SUB64' fits
    t.csv:1: gap: no row for key=k and a word that no pattern fits: the last pattern must be *
    """
    keys = list(table.key)
    groups: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for *words, pattern, rule in zip(*(rows[key] for key in keys), rows["pattern"], rows["rule"], strict=True):
        groups.setdefault(tuple(words), []).append((pattern, rule))
    for key_words, group in groups.items():
        patterns, rules = zip(*group, strict=True)
        *positions, other = first_fit(patterns, [*(pattern.replace("*", ANY) for pattern in patterns), ANY])
        for i, (position, pattern) in enumerate(zip(positions, patterns, strict=True)):
            if position < i:
                message = f"{patterns[position]!r} of {rules[position]} fits every word that {pattern!r} fits"
                yield Finding.at(rules[i], "shadowed", message)
        if other == -1:
            case = ", ".join(f"{key}={word}" for key, word in zip(keys, key_words, strict=True))
            message = f"no row for {case} and a word that no pattern fits: the last pattern must be *"
            yield Finding(f"{table.name}.csv", 1, "gap", message)
