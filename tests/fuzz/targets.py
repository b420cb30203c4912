"""Targets: what is run on a damaged input, and what must hold of the end, whatever the damage.

The exit code is 0, 1, 2 or 3 and there is no traceback (a frame: an answer, or an error of the library's own); the ledger
closes; the input is what it was; and where the damage says nothing, the answer is that of the whole input.
"""

import io
import json
import shutil
import tempfile
import warnings
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pandas as pd

from scrub import hst_cal, hst_svm, jwst, samples
from scrub.cli import main
from scrub.contracts.parse import ContractError
from scrub.files.digest import of_file
from scrub.files.table_files import SourceError, read_table
from tests.fuzz import faults
from tests.fuzz.faults import Fault

CORPUS = Path(__file__).parent / "corpus"
ENDS = {0: "done", 1: "rejected", 2: "wrong usage", 3: "could not run"}


class FaultError(AssertionError):
    """An end that may not be, with the fault that led to it."""


class Target(NamedTuple):
    """What makes a fault, and what runs on it in an empty folder and says how it ended."""

    draw: Callable[[Random], Fault]
    run: Callable[[Fault, Path], str]


def attack(name: str, chance: Random) -> tuple[str, str]:
    """Return the kind of a fault at a target, and how it ended.

    Raises:
        FaultError: in a way that may not be.
    """
    target = TARGETS[name]
    fault = target.draw(chance)
    with tempfile.TemporaryDirectory() as folder:
        try:
            return fault.kind, target.run(fault, Path(folder))
        except FaultError as error:
            raise FaultError(f"{name}: {fault.kind}: {error}: {str(fault.content)[:2000]}") from None


def demand(holds: Any, what: str) -> None:
    if not holds:
        raise FaultError(what)


def _command(*words: str, of: Path) -> tuple[str, dict[str, Any]]:
    """Return how a command ended, and the JSON that it printed; its input may not change."""
    before = {file: of_file(file) for file in sorted(of.rglob("*")) if file.is_file()}
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), warnings.catch_warnings(action="ignore"):
        try:
            code = main.main(words)
        except SystemExit as end:
            code = end.code
        except Exception as error:
            raise FaultError(f"a traceback: {type(error).__name__}: {error}") from error
    demand(code in ENDS, f"exit code {code}")
    printed = out.getvalue() + err.getvalue()
    demand("Traceback" not in printed and "please report" not in printed, printed[-600:])
    demand(all(c.isprintable() or c in "\n\r" for c in out.getvalue()), "a control character is printed")
    demand({file: of_file(file) for file in sorted(of.rglob("*")) if file.is_file()} == before, "the input is changed")
    content = json.loads(out.getvalue()) if "--json" in words and code in {0, 1} else {}
    if content and isinstance(content, dict):
        _close(content)
    return ENDS[code], content


def _close(ledger: dict[str, Any]) -> None:
    for part in ("exposures", "products", "datasets"):
        came, *rest = ledger.get(part, {"in": 0}).values()
        demand(came == sum(rest), f"the ledger does not close: {ledger.get(part)}")


def seeds(kind: str) -> Sequence[Path]:
    return sorted((CORPUS / kind).iterdir())


def _draw(kind: str, change: Callable[[Random, bytes], Fault]) -> Callable[[Random], Fault]:
    def draw(chance: Random) -> Fault:
        path = chance.choice(seeds(kind))
        fault = change(chance, path.read_bytes())
        return fault._replace(content=(path.name, fault.content))

    return draw


@cache
def _whole(target: str, name: str) -> tuple[str, Any]:
    """Return how a target ends with a seed that is whole."""
    with tempfile.TemporaryDirectory() as folder:
        return RUNS[target](name, (CORPUS / target / name).read_bytes(), Path(folder))


def _run(target: str) -> Callable[[Fault, Path], str]:
    def run(fault: Fault, folder: Path) -> str:
        name, content = fault.content
        end, answer = RUNS[target](name, content, folder)
        if fault.is_neutral:
            demand((end, answer) == _whole(target, name), f"another answer: {end}, {answer}")
        return end

    return run


def _answers(out: Path) -> dict[str, str]:
    """Return what the tables of a run say."""
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(out.glob("*.csv"))}


def _run_fits(name: str, content: bytes, folder: Path) -> tuple[str, Any]:
    (folder / "in").mkdir()
    (folder / "in" / name).write_bytes(content)
    end, _ = _command("jwst", str(folder / "in"), "--json", "--out", str(folder / "out"), of=folder / "in")
    return end, _answers(folder / "out")


def _run_csv(name: str, content: bytes, folder: Path) -> tuple[str, Any]:
    (folder / "in").mkdir()
    path = folder / "in" / name
    path.write_bytes(content)
    command = {"jwst": "jwst", "cal": "hst-cal", "svm": "hst-svm"}[name.partition("_")[0]]
    end, _ = _command(command, str(path), "--json", "--out", str(folder / "out"), of=folder / "in")
    return end, _answers(folder / "out")


def _run_qa(name: str, content: bytes, folder: Path) -> tuple[str, Any]:
    whole = _samples() / "hst-svm"
    shutil.copytree(whole, folder / "in")
    there = next((folder / "in").rglob(name))
    there.write_bytes(content)
    words = (
        "hst-svm",
        str(folder / "in"),
        "--classes",
        str(whole / "classes.csv"),
        "--json",
        "--out",
        str(folder / "out"),
    )
    end, _ = _command(*words, of=folder / "in")
    return end, _answers(folder / "out")


def _run_rules(name: str, content: bytes, folder: Path) -> tuple[str, Any]:
    own = folder / "rules" / "jwst"
    own.mkdir(parents=True)
    if name.endswith(".toml"):
        for file in seeds("rules"):
            shutil.copy(file, own)
    (own / name).write_bytes(content)
    end, _ = _command("rules", "check", str(own), of=own)
    table = CORPUS / "csv" / "jwst_table.csv"
    _command("jwst", str(table), "--rules", str(own), "--json", "--out", str(folder / "out"), of=own)
    return end, {}


def _run_hdf5(name: str, content: bytes, folder: Path) -> tuple[str, Any]:
    (folder / name).write_bytes(content)
    return _command("hst-svm", str(folder / name), "--json", of=folder)[0], {}


def _run_asn(name: str, content: bytes, folder: Path) -> tuple[str, Any]:
    (folder / name).write_bytes(content)
    return _command("score", str(CORPUS / "members.csv"), str(folder / name), "--json", of=folder)


def _run_feature_file(name: str, content: bytes, folder: Path) -> tuple[str, Any]:
    (folder / name).write_bytes(content)
    return _command("hst-cal", str(folder), "--json", of=folder)[0], {}


@cache
def _samples() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="fuzz-samples-"))
    samples.write_all(folder)
    return folder


@cache
def _tables() -> dict[str, tuple[Any, pd.DataFrame]]:
    names = {"jwst": jwst, "cal": hst_cal, "svm": hst_svm}
    return {key: (module, read_table(CORPUS / "csv" / f"{key}_table.csv").good) for key, module in names.items()}


def _draw_frame(chance: Random) -> Fault:
    name = chance.choice(list(_tables()))
    fault = faults.damage_frame(chance, _tables()[name][1])
    return fault._replace(content=(name, fault.content))


def _run_frame(fault: Fault, folder: Path) -> str:
    name, frame = fault.content
    module = _tables()[name][0]
    before = _remember(frame)
    try:
        with warnings.catch_warnings(action="ignore"):
            answer = module.run(frame)
    except (SourceError, ContractError):
        demand(not fault.is_neutral, "an error where nothing is wrong")
        return ENDS[3]
    except Exception as error:
        raise FaultError(f"{type(error).__name__}: {error}") from error
    finally:
        demand(_remember(frame) == before, "the frame is changed")
    _close(answer.ledger)
    if fault.is_neutral:
        demand(_answer_of(answer) == _answer_of(module.run(_tables()[name][1])), "another answer")
    return ENDS[1 if len(answer.rejected) else 0]


def _remember(frame: pd.DataFrame) -> list[Any]:
    """Return what a frame is: its labels, types, and which object each cell is."""
    cells = [
        list(map(id, c)) if (c := frame.iloc[:, i]).dtype == object else list(map(str, c))
        for i in range(frame.shape[1])
    ]
    return [list(map(str, frame.columns)), list(map(str, frame.index)), list(map(str, frame.dtypes)), cells]


def _answer_of(answer: Any) -> list[str]:
    frames = [part for part in answer if isinstance(part, pd.DataFrame)]
    frames += [
        frame for part in answer if isinstance(part, dict) for frame in part.values() if isinstance(frame, pd.DataFrame)
    ]
    return [frame.to_csv() for frame in frames]


RUNS: dict[str, Callable[[str, bytes, Path], tuple[str, Any]]] = {
    "fits": _run_fits, "csv": _run_csv, "qa": _run_qa, "rules": _run_rules, "hdf5": _run_hdf5, "asn": _run_asn,
    "feature_files": _run_feature_file,
}  # fmt: skip
DRAWS = {"fits": faults.damage_fits, "csv": faults.damage_csv, "qa": faults.damage_json, "asn": faults.damage_json}
TARGETS = {
    **{name: Target(_draw(name, DRAWS.get(name, faults.damage)), _run(name)) for name in RUNS},
    "frames": Target(_draw_frame, _run_frame),
}
