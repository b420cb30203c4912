"""The language of tables.toml: its keys, the form of each, and what breaks it; ``docs/tables-toml.md`` describes it.

A fault is a key (dotted, as tables.toml has it; "" is the section) and a sentence.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

POLICIES = ("unique", "first", "list")
CHANGES = ("RENAME", "REGROUP", "RENUMBER")
NOT_ASKED = "none"  # the answer for a case to which a table does not apply

Fault = tuple[str, str]


class Spec(NamedTuple):
    """What an answer may be: a word of a closed list (blank: any word), whether it may be blank, or several words."""

    listed: str
    optional: bool
    several: bool

    @property
    def elsewhere(self) -> str:
        """The answer for a case to which the table does not apply."""
        return "" if self.optional else NOT_ASKED


def read_spec(text: str) -> Spec:
    """Return what an answer may be, as tables.toml writes it: ``list``, ``list?`` (or blank), ``list+`` (several).

    Args:
        text: the value of an answer, or of another column of words.

    >>> tuple(read_spec("group?")), read_spec("group?").elsewhere, read_spec("group").elsewhere
    (('group', True, False), '', 'none')
    """
    return Spec(text.rstrip("?+"), "?" in text, "+" in text)


class Key(NamedTuple):
    """A key: the form of its value, the policies it belongs to, and the columns that its words must be."""

    form: str
    policies: tuple[str, ...] = POLICIES
    columns: str = ""


_LISTED, _UNIQUE = ("first", "list"), ("unique",)
KEYS = {
    "what": Key("text"),
    "policy": Key("text"),
    "source": Key("text"),
    "key": Key("columns", _LISTED),
    "conditions": Key("words", _UNIQUE),
    "answers": Key("words"),
    "words": Key("words", _LISTED, "key"),
    "covers": Key("text", ("list",)),
    "applies_to": Key("words", _UNIQUE),
    "else_row": Key("flag", _UNIQUE),
    "turn": Key("number", _UNIQUE),
    "leaves_out": Key("words", _UNIQUE, "answers"),
    "abstains": Key("text", _UNIQUE, "answers"),
    "fills": Key("text", ("first",), "key"),
    "flags": Key("text", ("list",), "key"),
    "extends": Key("flag"),
    "needs": Key("needs", POLICIES, "any"),
    "expressions": Key("groups", POLICIES, "any"),
    "codes": Key("codes", ("list",), "any"),
    "must_have": Key("listed", POLICIES, "any"),
    "contract": Key("contract", ("list",)),
    "types": Key("types", ("list",)),
    "also": Key("columns", ("list",)),
    "ordered": Key("columns", ("list",)),
    "tools.order": Key("columns", ("list",), "any"),
    "tools.changes": Key("changes", POLICIES, "answers"),
}
PARTS = {
    "contract": ("file", "column", "beside", "where"),
    "types": ("file", "column", "kind", "beside", "where", "dtypes"),
    "needs": ("where", "filled"),
    "codes": ("of", "word", "code", "shared"),
}
REQUIRED = {"unique": ("conditions", "answers"), "first": ("key", "answers"), "list": ("key",)}


def hint(word: str, known: Collection[str]) -> str:
    """Return the nearest known word, in parentheses; all of them where none is near.

    Args:
        word: an unknown word.
        known: the known ones.

    >>> hint("polcy", ["policy", "key"])
    " (nearest: 'policy')"
    """
    near = get_close_matches(str(word), list(known), n=1)
    return f" (nearest: {near[0]!r})" if near else f" (known: {', '.join(known)})"


def flatten(section: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a section with those of ``tools`` dotted.

    >>> flatten({"policy": "list", "tools": {"order": ["a"]}})
    {'policy': 'list', 'tools.order': ['a']}
    """
    tools = section.get("tools", {})
    plain = {key: value for key, value in section.items() if key != "tools" or not isinstance(tools, dict)}
    return {**plain, **({f"tools.{key}": value for key, value in tools.items()} if isinstance(tools, dict) else {})}


def find_faults(keys: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what breaks the language in the keys of one section, as ``flatten`` gives them.

    >>> list(find_faults({"policy": "first", "key": ["keyword"], "answer": {"class": ""}}))
    [('answer', "unknown key (nearest: 'answers')"), ('', "a table of the policy 'first' needs the key 'answers'")]
    """
    policy = keys.get("policy")
    for key, value in keys.items():
        if key not in KEYS:
            yield key, f"unknown key{hint(key, KEYS)}"
            continue
        yield from _find_unknown_parts(key, value)
        if fault := _fault(key, value, policy):
            yield key, fault
    if policy is None:
        yield "", f"the key 'policy' is required: {', '.join(POLICIES)}"
    for key in REQUIRED.get(str(policy), ()):
        if not keys.get(key):
            yield "", f"a table of the policy {policy!r} needs the key {key!r}"
    yield from _find_strangers(keys)


def keep_good(keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys whose values have their form; the policy ``list`` stands in for one that is unknown."""
    policy = keys["policy"] if keys.get("policy") in POLICIES else "list"
    good = {key: value for key, value in keys.items() if key in KEYS and not _fault(key, value, policy)}
    return {**good, "policy": policy}


def _find_unknown_parts(key: str, value: Any) -> Iterator[Fault]:
    """Yield parts of a key's inner tables that the language does not have."""
    for entry in (value if isinstance(value, list) else [value]) if key in PARTS else ():
        for part in entry if isinstance(entry, dict) else ():
            if part not in PARTS[key]:
                yield key, f"unknown key {part!r}{hint(part, PARTS[key])}"


def _is_words(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(word, str) for word in value.values())


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _is_listed(value: Any) -> bool:
    return isinstance(value, dict) and all(map(_is_texts, value.values()))


def _is_contract(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    texts = {part: value.get(part) for part in ("file", "column")}
    return _is_words(texts) and _is_texts(value.get("beside")) and _is_words(value.get("where", {}))


def _is_types(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(own, dict) and _is_typed(own) for own in value)


def _is_typed(own: Mapping[str, Any]) -> bool:
    texts = {part: own.get(part) for part in ("file", "column", "kind")}
    rest = _is_texts(own.get("beside", [])) and _is_words(own.get("where", {}))
    return _is_words(texts) and rest and _is_listed(own.get("dtypes"))


def _is_needs(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(need, dict) and _is_words(need.get("where")) and _is_texts(need.get("filled")) for need in value
    )


def _is_codes(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("shared"), dict):
        return False
    columns = all(isinstance(value.get(part), str) for part in PARTS["codes"][:3])
    return columns and all(_is_texts(codes) for codes in value["shared"].values())


def _is_groups(value: Any) -> bool:
    return isinstance(value, dict) and all(n == "any" or (type(n) is int and n >= 0) for n in value.values())


def _is_changes(value: Any) -> bool:
    kinds = list(value.values()) if isinstance(value, dict) else [value]
    return all(isinstance(kind, str) and kind in CHANGES for kind in kinds)


FORMS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "text": (lambda value: isinstance(value, str), "a text"),
    "flag": (lambda value: isinstance(value, bool), "true or false"),
    "number": (lambda value: type(value) is int and value > 0, "a whole number from 1"),
    "columns": (_is_texts, "a list of texts"),
    "words": (_is_words, "a table of columns, each with a text"),
    "groups": (_is_groups, 'a table of columns, each with a number of groups or "any"'),
    "listed": (_is_listed, "a table of columns, each with a list of words"),
    "contract": (
        _is_contract,
        "a table { file = CONTRACT, column = COLUMN, beside = [COLUMN], where = { COLUMN = WORD } }",
    ),
    "types": (
        _is_types,
        "a list of tables { file = CONTRACT, column = COLUMN, kind = COLUMN, beside = [COLUMN], "
        "where = { COLUMN = WORD }, dtypes = { DTYPE = [KIND] } }",
    ),
    "needs": (_is_needs, "a list of tables { where = { COLUMN = CELL }, filled = [COLUMN] }"),
    "codes": (_is_codes, "a table { of = COLUMN, word = COLUMN, code = COLUMN, shared = { WORD = [CODE] } }"),
    "changes": (_is_changes, f"one of {', '.join(CHANGES)}, or a table of answers, each with one of them"),
}


def _fault(key: str, value: Any, policy: Any) -> str:
    """Return what is wrong with a key's value; nothing if it has its form."""
    fits, noun = FORMS[KEYS[key].form]
    if not fits(value):
        return f"{value!r} stands where {noun} is required"
    if key == "policy":
        return "" if value in POLICIES else f"unknown policy {value!r}{hint(value, POLICIES)}"
    if policy in POLICIES and policy not in KEYS[key].policies:
        return f"this key belongs to the policy {' or '.join(KEYS[key].policies)}, not to {policy}"
    if key == "answers" and policy == "first" and len(value) > 1:
        return "a table of the policy 'first' has one answer"
    return ""


def _find_strangers(keys: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield words that stand for columns and are none of the table, and columns that stand twice."""
    good = keep_good(keys)
    pattern = ["pattern"] if good["policy"] == "first" else []
    answers = list(good.get("answers", ()))
    columns = [*good.get("key", ()), *good.get("conditions", ()), *pattern, *answers]
    own = {"key": list(good.get("key", ())), "answers": answers, "any": columns}
    for key, value in good.items():
        known = own.get(KEYS[key].columns)
        for word in columns_of(key, value) if known is not None else ():
            if word not in (known or ()):
                yield key, f"{word!r} is not one of the columns{hint(word, known or ())}"
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        yield "", f"columns that stand twice: {', '.join(twice)}"
    if "applies_to" in good and NOT_ASKED in good.get("leaves_out", {}).values():
        yield "leaves_out", f"{NOT_ASKED!r} is the answer for cases outside applies_to"


def columns_of(key: str, value: Any) -> list[str]:
    """Return the columns that the value of a key names.

    Args:
        key: of the language.
        value: its value.

    >>> columns_of("needs", [{"where": {"kind": "digits"}, "filled": ["width"]}])
    ['kind', 'width']
    """
    if key == "needs":
        return [column for need in value for column in (*need["where"], *need["filled"])]
    if key == "codes":
        return [value[part] for part in PARTS["codes"][:3]]
    if isinstance(value, str):
        return [] if key == "tools.changes" else [value]
    return list(value)
