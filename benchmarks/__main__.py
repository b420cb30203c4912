"""Speed and memory, side by side in one run.

    python -m benchmarks [--peer PYTHON] [--rows N] [--files N] [--large N] [--part PART ...] [--json] [--page FILE]

Each figure is the least of several; CPU seconds but where it says wall. Ratios are of two things measured one after the
other on the same machine: they say more than seconds do. PYTHON is an interpreter with ``spacekit``, the published
toolkit; without it, that part is left out. The part ``scale`` says something only on a machine that does nothing else;
ten million exposures need 6 GB in the folder for temporary files. ``--page`` writes the figures as a page,
``docs/performance.md``.
"""

import argparse
import json
import os
import platform
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from benchmarks import against, headers, many, remote, scale, small
from benchmarks.measure import Figure, compile_package
from scrub.files import atomic

PAGE = """# Speed and memory

Made by `python -m benchmarks{options}`
on {date}, on {machine}. Each figure is the least of several,
but large inputs and the toolkit run once. A ratio is to the yardstick of the same run: how many times less ours takes,
or, below 1, what part of the yardstick it takes. [Large inputs](scale.md) have a page of their own.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="measure speed and memory side by side")
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has spacekit")
    parser.add_argument("--rows", type=int, default=1_000_000, help="the most exposures of a table (1,000,000)")
    parser.add_argument("--files", type=int, default=8000, help="FITS files (8,000)")
    parser.add_argument("--large", type=int, default=scale.LARGE, help="exposures of the largest table (10,000,000)")
    parser.add_argument(
        "--part", action="append", help="small, headers, many, encoder, remote, scale or toolkit; all without it"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--page", type=Path, metavar="FILE", help="write the figures as a page, too")
    options = parser.parse_args(arguments)
    parts: dict[str, Callable[[], Iterator[Figure]]] = {
        "small": small.measure,
        "headers": lambda: headers.measure(options.files),
        "many": lambda: many.measure(options.rows),
        "encoder": against.encoder,
        "remote": remote.measure,
        "scale": lambda: scale.measure(large=options.large),
        "toolkit": lambda: against.toolkit(options.peer, options.rows) if options.peer else iter(()),
    }
    wanted = options.part or list(parts)
    if strangers := set(wanted) - set(parts):
        parser.error(f"no part {', '.join(sorted(strangers))}; the parts are {', '.join(parts)}")
    compile_package()
    figures = []
    for part in wanted:
        for figure in parts[part]():
            figures.append(figure)
            if not options.json:
                print(describe(figure), flush=True)
    if options.json:
        print(
            json.dumps(
                {"date": f"{date.today()}", "machine": machine(), "figures": [f._asdict() for f in figures]}, indent=1
            )
        )
    if options.page:
        atomic.text(page(figures, options), options.page)


def describe(figure: Figure) -> str:
    """Return one figure as a line of text."""
    line = f"{figure.part:18} {figure.what:54} {number(figure.value):>9} {figure.unit:22} {compare(figure)}"
    return line.rstrip()


def compare(figure: Figure) -> str:
    """Return the ratio of a figure as words, blank where it has no yardstick."""
    if figure.ratio is None:
        return ""
    return f"{figure.ratio:.3g} {'times' if figure.ratio >= 1 else 'of'} {figure.yardstick}"


def number(value: float) -> str:
    """Return a figure with three digits, or none behind the point where it is large."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def machine() -> str:
    """Return what the figures were measured on."""
    return (
        f"{os.cpu_count()} processors ({platform.machine()}), {platform.system()}, Python {platform.python_version()}"
    )


def page(figures: Sequence[Figure], options: argparse.Namespace) -> str:
    """Return the figures as a page of Markdown, a table for each part."""
    numbers = (f" --{name} {getattr(options, name)}" for name in ("rows", "files", "large"))
    parts = (f" --part {part}" for part in options.part or ())
    given = "".join([*numbers, *parts, " --peer PYTHON" if options.peer else ""])
    text = [PAGE.format(options=given, date=date.today(), machine=machine())]
    for part, own in groupby(figures, key=lambda figure: figure.part):
        rows = [f"| {row.what} | {number(row.value)} {row.unit} | {compare(row)} |" for row in own]
        text.append(
            "\n".join([f"\n## {part[0].upper()}{part[1:]}\n", "| what | figure | ratio |", "|---|---|---|", *rows, ""])
        )
    return "".join(text)


if __name__ == "__main__":
    main()
