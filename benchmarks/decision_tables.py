"""How check, diff and answering grow with the rows, conditions and words of a decision table.

    python benchmarks/decision_tables.py [ROWS CONDITIONS WORDS]

Makes complete tables without overlaps by parting the box of all cases again and again. Prints for each: CPU seconds of
``decide.expand``, with a gap too, of comparing two versions in which 100 rows differ, and of 1,000 answers; then the
peak memory. Each table has a process of its own.
"""

import random
import resource
import subprocess
import sys
import time

import pandas as pd

from scrub.tables.boxes import Box, fill, list_positions
from scrub.tables.conditions import write_cell
from scrub.tables.decide import Table, answer, expand
from scrub.tables.declare import Declaration
from scrub.tables.diff.compare import compare
from scrub.tables.rules import Rules

SIZES = [(50, 4, 10), (200, 6, 20), (1000, 6, 40), (1000, 12, 6), (10000, 12, 40)]


def part(rows: int, sizes: list[int], draw: random.Random) -> list[Box]:
    """Return disjoint boxes that hold all cases."""
    boxes = [fill(sizes)]
    while len(boxes) < rows:
        at = draw.randrange(len(boxes))
        open_ = [i for i, bits in enumerate(boxes[at]) if bits.bit_count() > 1]
        if not open_:
            continue
        axis = draw.choice(open_)
        words = list_positions(boxes[at][axis])
        own = sum(1 << i for i in draw.sample(words, draw.randrange(1, len(words))))
        for bits in (own, boxes[at][axis] & ~own):
            boxes.append((*boxes[at][:axis], bits, *boxes[at][axis + 1 :]))
        boxes.pop(at)
    return boxes


def write(boxes: list[Box], lists: dict[str, list[str]]) -> pd.DataFrame:
    """Return boxes as rows of a table."""
    cells = [
        [write_cell([own[i] for i in list_positions(bits)], own) for bits, own in zip(box, lists.values(), strict=True)]
        for box in boxes
    ]
    rows = pd.DataFrame(cells, columns=list(lists), dtype="str")
    numbers = range(len(rows))
    return rows.assign(answer=[f"a{i % 5}" for i in numbers], rule=[f"t.csv:{i + 2}" for i in numbers])


def measure(rows: int, conditions: int, words: int) -> None:
    """Print the figures of one table."""
    draw = random.Random(1)
    lists = {f"c{i}": [f"w{j}" for j in range(words)] for i in range(conditions)}
    table = write(part(rows, [words] * conditions, draw), lists)
    other = table.assign(answer=table["answer"].where(table.index % max(1, rows // 100) != 0, "changed"))
    seconds = {}

    def time_(name, function, *arguments, **options):
        start = time.process_time()
        result = function(*arguments, **options)
        seconds[name] = time.process_time() - start
        return result

    hits, findings = time_("check", expand, table, lists, answers=["answer"])
    _, gap = time_("check a gap", expand, table.drop(index=rows // 2), lists, answers=["answer"])
    assert (len(findings), len(gap)) == (0, 1)
    facts = pd.DataFrame({c: draw.choices(w, k=1000) for c, w in lists.items()})
    time_("1,000 answers", answer, table, hits, lists, facts)
    declaration = Declaration("t", "unique", conditions={c: c for c in lists}, answers={"answer": ""})
    versions = [{"t": Table(declaration, lists, frame, hits)} for frame in (table, other)]
    changes = time_("diff", compare, *(Rules("t", "1", tables, {}, {}) for tables in versions))
    assert len(changes) == sum(table["answer"] != other["answer"])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = "  ".join(f"{name} {value:6.2f} s" for name, value in seconds.items())
    head = f"{rows:6} rows {conditions:3} conditions {words:3} words {words**conditions:8.1e} cases"
    print(f"{head}  {figures}  {peak:5.0f} MB")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(*map(int, sys.argv[1:]))
    else:
        for size in SIZES:
            subprocess.run([sys.executable, __file__, *map(str, size)], check=True)
