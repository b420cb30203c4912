"""How the name of a product is formed: the rows that can still decide for some facts, and the name as a template."""

from collections.abc import Iterator, Mapping, Sequence

from scrub.tables import Rules
from scrub.tables.narrow import Choice, Step, narrow, read_given

_NAME = {"head", "tail", "elements", "identity", "label", "arrange", "otherwise"}
_WIDTH = 110


def show(rules: Rules, words: Sequence[str]) -> list[str]:
    """Return, line by line, how the products of some exposures are named.

    Args:
        rules: a JWST rule set.
        words: an EXP_TYPE, or facts such as ``SUBARRAY=FULL``.

    Raises:
        RuleError: a word that is on no list, or a keyword that no table asks for.

    >>> from scrub import jwst
    >>> show(jwst.read_rules(), ["MIR_MRS", "PUPIL=NONE", "GRATING=NONE"])[-1]
    '  jw{PROGRAM}-o{OBSERVTN}_{target}_{INSTRUME}_{FILTER}-{FXD_SLIT}-{SUBARRAY, not FULL}-ch{CHANNEL, first 1}-{BAND}'
    """
    steps = [step for step in narrow(rules, read_given(rules, words)) if _decides_on_name(rules, step)]
    lines = [f"{' '.join(words)}: rules {rules.name}, edition {rules.edition}"]
    for step in steps:
        lines += ["", f"{step.table.name}: {step.table.declaration.what}", *_write_choices(step)]
    templates = list(dict.fromkeys(_write_templates(rules, steps)))
    heading = "the name (in lower case; a part without a word vanishes with what stands before it)"
    return [*lines, "", *([heading, *templates] if templates else ["no product"])]


def _decides_on_name(rules: Rules, step: Step) -> bool:
    """Return whether a table decides on a product or its name, itself or through a later table."""
    table, answers = step.table.declaration, set(step.table.answers)
    later = {column for other in rules.in_turn() if other.declaration.turn > table.turn for column in other.conditions}
    return bool(table.leaves_out or table.abstains or answers & (later | _NAME))


def _write_choices(step: Step) -> Iterator[str]:
    """Yield rows that can still decide, those with the same answers on one line; only what is still open of each."""
    alike: dict[tuple[tuple[str, str], ...], list[Choice]] = {}
    for choice in step.choices:
        alike.setdefault(tuple(choice.answers.items()), []).append(choice)
    for answers, choices in alike.items():
        when = " or ".join(_write_conditions(conditions) for conditions in _merge([c.conditions for c in choices]))
        lines = ",".join(choice.rule.rpartition(":")[2] for choice in choices)
        file = choices[0].rule.rpartition(":")[0]
        words = ", ".join(f"{column}={word}" for column, word in answers) or "nothing"
        when = when or ("in every other case" if len(step.choices) > 1 else "always")
        yield f"  {file}:{lines}  {_cut(when)} -> {words}{'  (ends here)' if choices[0].ends else ''}"


def _merge(conditions: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Return conditions in one if they differ in a single column, and none of its cells has a ``!``."""
    first, *rest = conditions
    differ = {column for other in rest for column in {**first, **other} if first.get(column) != other.get(column)}
    if len(differ) != 1 or any(set(other) != set(first) for other in rest):
        return list(conditions)
    (column,) = differ
    cells = [own[column] for own in conditions]
    return list(conditions) if any(cell.startswith("!") for cell in cells) else [{**first, column: "|".join(cells)}]


def _write_conditions(conditions: Mapping[str, str]) -> str:
    return " and ".join(f"{column}={cell}" for column, cell in conditions.items())


def _cut(text: str) -> str:
    """Return a text that fits beside the answers."""
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _write_templates(rules: Rules, steps: Sequence[Step]) -> Iterator[str]:
    """Yield the names that can still come out, with keywords in braces."""
    parts = {row["part"]: row for row in rules["name_parts"].records()}
    for step in steps:
        for choice in step.choices:
            if "head" in choice.answers and not choice.ends:
                for elements in _list_elements(steps):
                    head = "".join(_write_part(parts, word) for word in choice.answers["head"].split())
                    tail = choice.answers.get("tail", "").replace("elements", elements)
                    end = "".join(_write_part(parts, word) for word in tail.split())
                    yield f"  {head}{'_' + end.removeprefix('-') if end else ''}"


def _list_elements(steps: Sequence[Step]) -> list[str]:
    """Return the arrangements of optical elements that are left; one word for them where they are sorted."""
    choices = [choice.answers for step in steps if step.table.name == "elements" for choice in step.choices]
    words = ["elements" if answers.get("arrange") == "sorted" else answers.get("elements", "") for answers in choices]
    return list(dict.fromkeys(words)) or [""]


def _write_part(parts: Mapping[str, Mapping[str, str]], word: str) -> str:
    """Return one part of a name: what stands before it, its text or its keyword, and what of the keyword counts."""
    if word == "elements":
        return "-{optical elements in alphabetical order}"
    part = parts[word]
    if part["text"]:
        return f"{part['before']}{part['text']}"
    first = f", first {part['first']}" if part["first"] else ""
    omit = f", not {part['omit'].replace('|', ' or ')}" if part["omit"] else ""
    return f"{part['before']}{{{part['keyword'] or part['part']}{first}{omit}}}"
