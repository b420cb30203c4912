"""What is measured upon: exposures, mosaics and FITS files, any number, the same each time."""

from pathlib import Path

import numpy as np
import pandas as pd

from scrub import samples
from scrub.files.table_files import read_table

FULL_CIRCLE = 360
STEP = 0.137  # degrees of right ascension from one program to the next
ANGLES = ("TARG_RA", "GS_RA", "RA_REF", "CRVAL1")
FILLERS = 240  # cards of a primary header that nobody asks for, as in a Level-1b file
BLOCK, CARD = 2880, 80


def exposures(count: int) -> pd.DataFrame:
    """Return the sample over and over, each time as the next program at another place on the sky, all cells text."""
    table = read_table(samples.TABLE).good
    times = -(-count // len(table))
    rows = pd.concat([table] * times, ignore_index=True).head(count)
    numbers = np.arange(times).repeat(len(table))[:count]
    program = pd.Series(numbers).astype("str").str.zfill(5)
    moved = {
        name: ((degrees + numbers * STEP) % FULL_CIRCLE).round(6).astype("str").where(degrees.notna(), rows[name])
        for name in ANGLES
        for degrees in [pd.to_numeric(rows[name], errors="coerce")]
    }
    return rows.assign(PROGRAM=program, exposure="jw" + program + rows["exposure"].str[7:], **moved)


def rows_of(table: pd.DataFrame, count: int) -> pd.DataFrame:
    """Return the rows of a table over and over, each with a name of its own in the first column."""
    rows = pd.concat([table] * -(-count // len(table)), ignore_index=True).head(count)
    name = str(rows.columns[0])
    return rows.assign(**{name: rows[name] + pd.Series(range(count)).astype("str")})


def calibration(count: int, seed: int = 0) -> pd.DataFrame:
    """Return calibration rows as an archive table has them: text, with every spelling of missing."""
    draw = np.random.default_rng(seed)
    letters, ends = draw.choice(list("jloi"), count), draw.choice(list("0q"), count)
    numbers = draw.integers(0, 36**5, count)
    return pd.DataFrame(
        {
            "ipst": [f"{letter}{number:07d}{end}" for letter, number, end in zip(letters, numbers, ends, strict=True)],
            "n_files": draw.integers(1, 200, count).astype(str),
            "total_mb": draw.uniform(1, 5000, count).round(3).astype(str),
            "DRIZCORR": draw.choice(["PERFORM", "OMIT"], count),
            "PCTECORR": draw.choice(["PERFORM", "OMIT", "NaN"], count),
            "CRSPLIT": draw.choice(["NaN", "1", "1.0", "2", "3"], count),
            "SUBARRAY": draw.choice(["True", "False"], count),
            "DETECTOR": draw.choice(["WFC", "UVIS", "IR", "FUV", "CCD"], count),
        }
    )


def fits_files(folder: Path, count: int) -> list[Path]:
    """Write Level-1b files without pixels, with as many cards as those of flight; return their paths.

    The sample's own files, each with ``FILLERS`` further cards before the end of its primary header, copied over and
    over as other programs.
    """
    with_fillers = []
    for path in samples.write_jwst(folder / "sample"):
        data = path.read_bytes()
        end = _end(data)
        filler = b"".join(
            b"%-8s= %20d / %-47s" % (b"FILL%d" % i, i, b"a card that nobody asks for") for i in range(FILLERS)
        )
        primary = data[: end - CARD] + filler + data[end - CARD : end]
        with_fillers.append((path.name, primary + b" " * (-len(primary) % BLOCK) + data[-(-end // BLOCK) * BLOCK :]))
    paths = []
    for number in range(count):
        program = b"%05d" % (number // len(with_fillers))
        name, data = with_fillers[number % len(with_fillers)]
        paths.append(folder / f"jw{program.decode()}{name[7:]}")
        paths[-1].write_bytes(data.replace(b"PROGRAM = '09999", b"PROGRAM = '" + program))
    return paths


def _end(data: bytes) -> int:
    """Return where the primary header's END card ends."""
    return next(at + CARD for at in range(0, len(data), CARD) if data[at : at + 8] == b"END     ")
