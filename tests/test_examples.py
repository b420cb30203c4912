"""The scripts of ``examples``: each runs in a folder of its own, and prints what its page says it shows."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scrub import jwst, samples
from scrub.cli import main

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def lines(folder: Path, *command: str) -> tuple[int, list[str]]:
    """The exit code of a command that runs in a folder, and the lines that it prints; ``skyscrub`` is on its path."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout.splitlines()


def test_the_page_lists_every_example():
    named = {row.split("`")[1] for row in (EXAMPLES / "README.md").read_text().splitlines() if row.startswith("| `")}
    assert named == {path.name for path in EXAMPLES.iterdir() if path.suffix in (".py", ".sh")}


@pytest.mark.slow
def test_features_become_an_array_and_codes_become_words(tmp_path):
    code, printed = lines(tmp_path, sys.executable, str(EXAMPLES / "for_models.py"))
    assert code == 0
    products = jwst.run(samples.TABLE, edition=3).products
    assert printed[0] == f"{(products['group'] == 'image').sum()} products, 8 features, of edition 3"
    (_, product_id, words) = printed[1].split(": ")
    row = products.loc[product_id]
    assert words.startswith(f"instr={row['INSTRUME']}, detector=")
    assert words.endswith(f"filter={row['FILTER']}, exp_type={row['EXP_TYPE']}")


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Path:
    """The folder of a run on the sample."""
    folder = tmp_path_factory.mktemp("run") / "out"
    assert main.main(["jwst", str(samples.TABLE), "--out", str(folder)]) == 0
    return folder


@pytest.mark.slow
def test_the_gate_lets_a_sound_run_pass(run):
    assert lines(run.parent, sys.executable, str(EXAMPLES / "gate.py"), "out") == (0, ["7 tables pass"])


@pytest.mark.slow
def test_the_gate_refuses_a_table_that_breaks_its_contract_or_its_stamp(run):
    table = run / "products.csv"
    sound = table.read_text()
    table.write_text(sound.replace(",NRC_IMAGE,", ",NRC_IMAG,", 1))
    code, printed = lines(run.parent, sys.executable, str(EXAMPLES / "gate.py"), "out")
    table.write_text(sound)
    assert code == 1
    assert printed == [
        "products.csv:2: EXP_TYPE: not on the list: one letter off NRC_IMAGE: 'NRC_IMAG'",
        "products.csv: the stamp in products.csv-metadata.json is of another file: the bytes differ",
    ]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_an_edition_of_ones_own_is_checked_compared_and_explained(tmp_path):
    code, printed = lines(tmp_path, "sh", str(EXAMPLES / "new_edition.sh"))
    assert code == 0
    row = (tmp_path / "my-rules" / "jwst" / "pixel_scales.csv").read_text().splitlines()[1]
    assert row.startswith("NIRSPEC,*,*,0.10,2048,2048,4,")
    copy = printed.index("my-rules/jwst/pixel_scales.csv:2: edit this copy of pixel_scales.csv:9")
    assert printed[copy + 1] == "my-rules@3 -> my-rules@4 (edition 3 to 4)"
    assert "  products 25 -> 25" in printed
    assert printed[-1].startswith("    ")
    (reason,) = (line for line in printed if line.startswith("  my-rules/jwst/pixel_scales.csv:2: instrume=NIRSPEC"))
    assert reason.endswith("-> scale=0.10, width=2048, height=2048")


@pytest.mark.slow
def test_a_server_answers_each_line_and_goes_on():
    script = [sys.executable, str(EXAMPLES / "serve_model.py")]
    requests = subprocess.run([*script, "--sample"], capture_output=True, text=True, check=True).stdout
    odd = ["nonsense", '[{"exposure": "a"}]', requests.splitlines()[0].replace('"GS_MAG":"', '"GS_MAG":"bright')]
    done = subprocess.run(
        script, input="\n".join([*requests.splitlines(), *odd]), capture_output=True, text=True, check=True
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    *sound, no_json, no_column, rejected = answers
    run = jwst.run(samples.TABLE, edition=3)
    names = [product for answer in sound for product in answer["predictions"]]
    of_run = [product for frame in run.features.values() for product in frame.index]
    # the number of the target counts the targets of one call
    assert sorted(re.sub("_t[0-9]+_", "_", name) for name in names) == sorted(
        re.sub("_t[0-9]+_", "_", name) for name in of_run
    )
    left_out = {exposure for answer in sound for exposure in answer["left_out"]}
    assert left_out == set(run.members.loc[run.members["product_id"].isna(), "exposure"])
    assert "Expecting value" in no_json["error"]
    assert no_column["error"].startswith("the table has no column PROGRAM")
    assert {reject["column"] for reject in rejected["rejected"]} == {"GS_MAG"}


@pytest.mark.slow
def test_measured_products_become_a_model_that_answers(tmp_path):
    code, (first, *answers) = lines(tmp_path, sys.executable, str(EXAMPLES / "predict_memory.py"))
    assert code == 0
    products = jwst.run(samples.TABLE, edition=3).products
    measured, unmeasured, _ = (int(number) for number in re.findall(r"\d+", first))
    fgs = (products["group"] == "fgs").sum()  # not measured on the sky, so without the numbers of this model
    assert measured + unmeasured + fgs >= len(products) > unmeasured
    assert len(answers) == 3
    for line in answers:
        predicted, given = re.findall(r"([0-9.]+) GB", line)
        assert abs(float(predicted) - float(given)) < 1
    assert json.loads((tmp_path / "scaler.json").read_text())["stamp"]["edition"] == "3"
