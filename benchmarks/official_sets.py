"""Random programs, as headers would have them and as the pool of the official association generator has them.

Each line of ``official_kinds.csv`` is a kind of observation: choices stand between ``|``; sets of detectors between
``;``, the detectors of one set between blanks. ``weight`` says how often the kind is drawn, ``flags`` what may happen
to it. A set with ``odd`` observations has words missing and flags that no flight has, to provoke differences.
"""

import csv
import random
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from benchmarks import official_level2

KINDS = Path(__file__).with_name("official_kinds.csv")
KINDS2 = Path(__file__).with_name("official_kinds2.csv")
_POOL_ONLY = ["filename", "obs_num", "targetid", "pntgtype", "asn_candidate", "dms_note", "exposerr"]
_SAME = [
    "PROGRAM", "OBS_ID", "VISIT", "VISITYPE", "VISITGRP", "SEQ_ID", "ACT_ID", "EXPOSURE", "EXP_TYPE", "INSTRUME",
    "DETECTOR", "CHANNEL", "TARGPROP", "TARGNAME", "FILTER", "PUPIL", "GRATING", "FXD_SLIT", "SUBARRAY", "BAND",
    "PATTTYPE", "IS_PSF", "IS_IMPRT", "BKGDTARG", "TSOVISIT", "MSAMETFL", "NINTS",
]  # fmt: skip
_HEADERS_ONLY = [
    "exposure",
    "OBSERVTN",
    "TARG_RA",
    "TARG_DEC",
    "RA_REF",
    "DEC_REF",
    "CRVAL1",
    "CRVAL2",
    "GS_RA",
    "GS_DEC",
]
_BLANKABLE = ("FXD_SLIT", "PUPIL", "SUBARRAY", "MSAMETFL", "PATTTYPE", "FILTER")
_NUMERALS = "0123456789abcdefghijklmnopqrstuvwxyz"


class Target(NamedTuple):
    """A target: its number in the pool, its name in the proposal, where it is (degrees), whether it is a background."""

    number: int
    name: str
    ra: float
    dec: float
    background: bool


def make_set(seed: int, *, odd: float = 0.0, level: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the headers of the exposures of one random program, and its pool.

    Args:
        seed: of the random numbers.
        odd: share of the observations that are odd.
        level: 2 for further observations and keywords that only Level 2 asks for.
    """
    draw = random.Random(seed)
    kinds = _read_kinds(KINDS)
    weights = [int(kind["weight"]) for kind in kinds]
    program = 10000 + seed % 80000
    targets = [
        Target(
            number,
            f"{draw.choice(['NGC', 'HD', 'WASP'])}-{number}{seed % 97}",
            360 * draw.random(),
            160 * draw.random() - 80,
            False,
        )
        for number in range(1, 6)
    ]
    rows: list[dict[str, object]] = []
    for observation in range(1, draw.randint(4, 9)):
        own = draw.choices(kinds, weights, k=draw.choice((1, 1, 2)))
        rows += _observe(draw, program, observation, own, targets, is_odd=draw.random() < odd)
    same, pool_only = _SAME, _POOL_ONLY
    if level == 2:
        rows = _add_level2(random.Random(f"{seed} level 2"), program, rows, targets, odd)
        same, pool_only = [*_SAME, *official_level2.KEYWORDS], [*_POOL_ONLY, *official_level2.POOL_ONLY]
    frame = pd.DataFrame(rows).fillna("")
    headers = frame[[*_HEADERS_ONLY, *same]].drop(columns="EXPOSURE")
    pool = frame[[*pool_only, *same]].rename(columns=str.upper).replace("", "NULL")
    return headers, pool


def _read_kinds(path: Path) -> list[dict[str, str]]:
    """Return the kinds of observations of a table."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _add_level2(
    draw: random.Random, program: int, rows: list[dict[str, object]], targets: list[Target], odd: float
) -> list[dict[str, object]]:
    """Return the exposures of a program with further observations; some share a background with another observation."""
    kinds = _read_kinds(KINDS2)
    flags = {kind["exp_type"]: set(kind["flags"].split()) for kind in kinds}
    first = 1 + max(int(str(row["obs_num"])) for row in rows)
    count = draw.randint(3, 6)
    for number in range(count):
        (kind,) = draw.choices(kinds, [int(kind["weight"]) for kind in kinds])
        own = _observe(draw, program, first + number, [kind], targets, is_odd=draw.random() < odd)
        own = [
            row | {key.upper(): draw.choice(kind[key].split("|")) for key in ("opmode", "lamp", "msastate")}
            for row in own
        ]
        rows = rows + official_level2.widen(draw, kind, own, _repeat)
    pairs = [(row["EXP_TYPE"], row["OBSERVTN"]) for row in rows if row["EXP_TYPE"] in _WITH_BACKGROUND]
    if pairs and draw.random() < 0.6:
        exp_type, observation = draw.choice(pairs)
        rows = _add_background(rows, str(exp_type), str(observation), first + count)
    return official_level2.number_dithers(draw, sorted(rows, key=lambda row: str(row["exposure"])), flags)


_WITH_BACKGROUND = ("MIR_MRS", "NRS_IFU", "MIR_LRS-FIXEDSLIT", "NRS_FIXEDSLIT", "MIR_IMAGE", "NIS_IMAGE")


def _add_background(
    rows: list[dict[str, object]], exp_type: str, observation: str, number: int
) -> list[dict[str, object]]:
    """Return exposures with one more observation: the background of another, in a candidate with it."""
    own = [row for row in rows if row["EXP_TYPE"] == exp_type and row["OBSERVTN"] == observation]
    of = {id(row) for row in own}
    together = ", ('c1000', 'background')]"
    linked = [
        {**row, "asn_candidate": str(row["asn_candidate"])[:-1] + together} if id(row) in of else row for row in rows
    ]
    flags = {"BKGDTARG": "T", "IS_PSF": "F", "OBSERVTN": f"{number:03d}", "obs_num": f"{number}"}
    copies = [_repeat(row, 0, {**flags, "ACT_ID": row["ACT_ID"], "targetid": "9"}) for row in own]
    return linked + [{**row, "asn_candidate": f"[('o{number:03d}', 'observation'){together}"} for row in copies]


def _repeat(row: dict[str, object], activity: int, differs: dict[str, object]) -> dict[str, object]:
    """Return one more exposure like another, of another activity."""
    act_id = _NUMERALS[activity // 36 % 36] + _NUMERALS[activity % 36]
    new = {**row, "ACT_ID": act_id, **differs}
    of, act = f"{new['PROGRAM']}{new['OBSERVTN']}{new['VISIT']}", f"{new['VISITGRP']}1{new['ACT_ID']}"
    stem = f"jw{of}_{act}_{new['EXPOSURE']}_{str(new['DETECTOR']).lower()}"
    obs_id = f"V{of}P0000000{act}".upper()
    return {**new, "exposure": stem, "filename": f"{stem}_uncal.fits", "OBS_ID": obs_id}


def _observe(
    draw: random.Random,
    program: int,
    observation: int,
    kinds: list[dict[str, str]],
    targets: list[Target],
    *,
    is_odd: bool,
) -> list[dict[str, object]]:
    """Return the exposures of one observation: of each kind, some targets with some settings, dithered."""
    rows: list[dict[str, object]] = []
    moving, named = draw.random() < 0.12, draw.random() < 0.6
    used = draw.sample(targets, draw.choice((1, 1, 1, 2)))
    for kind in kinds:
        flags = kind["flags"].split()
        own = used
        if "background" in flags and draw.random() < 0.35:
            own = [*used, draw.choice([t for t in targets if t not in used])._replace(background=True)]
        if "psf" in flags and draw.random() < 0.7:
            own = [*used, draw.choice([t for t in targets if t not in used])]
        fixed = _draw_fixed(draw, kind, moving=moving, is_odd=is_odd)
        for setting in [_draw_setting(draw, kind) for _ in range(draw.randint(1, 3))]:
            for target in own:
                role = _draw_role(draw, flags, target, used, is_odd=is_odd)
                odd = {draw.choice(_BLANKABLE): ""} if is_odd and draw.random() < 0.3 else {}
                activity = len(rows)
                dithers = 2 if "wfsc" in flags and draw.random() < 0.8 else draw.randint(1, 4)
                dithers = draw.choice((2, 3, 5)) if "nods" in flags else dithers
                for number, detector in product(range(1, dithers + 1), setting["DETECTOR"].split()):
                    chip = {"DETECTOR": detector, "CHANNEL": _channel(detector)}
                    where = {**setting, **chip, **fixed, **role, **odd}
                    rows.append(_expose(program, observation, target, where, activity, number, named=named))
    return rows


def _draw_fixed(draw: random.Random, kind: dict[str, str], *, moving: bool, is_odd: bool) -> dict[str, object]:
    """Return what is the same for all exposures of a kind in an observation."""
    flags = kind["flags"].split()
    visit = (
        "PRIME_TARGETED_MOVING" if moving else draw.choice(["PRIME_TARGETED_FIXED"] * 8 + ["GENERIC", "PARALLEL_PURE"])
    )
    series = "series" in flags or ("tso" in flags and draw.random() < 0.4) or (is_odd and draw.random() < 0.15)
    return {
        "INSTRUME": kind["instrume"],
        "EXP_TYPE": kind["exp_type"],
        "VISITYPE": draw.choice(["PRIME_WFSC_ROUTINE", "PRIME_WFSC_SENSING_CONTROL"]) if "wfsc" in flags else visit,
        "TSOVISIT": "T" if series else "F",
        "MSAMETFL": "12345_01_msa.fits" if "msa" in flags else "",
        "NINTS": draw.choice((1, 10, 200)) if series or "ints" in flags else 1,
        "PATTTYPE": draw.choice(kind["patttype"].split("|")),
    }


def _draw_setting(draw: random.Random, kind: dict[str, str]) -> dict[str, str]:
    """Return the optics and the detectors of one setting; MIRI MRS has a BAND."""
    setting = {"DETECTOR": draw.choice(kind["detectors"].split(";"))}
    for keyword in ("FILTER", "PUPIL", "GRATING", "FXD_SLIT", "SUBARRAY"):
        setting[keyword] = draw.choice(kind[keyword.lower()].split("|"))
    return setting | {"BAND": draw.choice(("SHORT", "MEDIUM", "LONG")) if kind["exp_type"] == "MIR_MRS" else ""}


def _channel(detector: str) -> str:
    """Return the CHANNEL of a detector."""
    if detector.startswith("NRC"):
        return "LONG" if detector.endswith("LONG") else "SHORT"
    return {"MIRIFUSHORT": "12", "MIRIFULONG": "34"}.get(detector, "")


def _draw_role(
    draw: random.Random, flags: list[str], target: Target, used: list[Target], *, is_odd: bool
) -> dict[str, str]:
    """Return what exposures are for."""
    is_psf = "psf" in flags and target not in used
    imprint = "imprint" in flags and draw.random() < 0.2
    marks = {"IS_PSF": is_psf, "IS_IMPRT": imprint, "BKGDTARG": target.background}
    if is_odd and draw.random() < 0.3:
        marks[draw.choice(list(marks))] = True
    return {keyword: "T" if mark else "F" for keyword, mark in marks.items()}


def _expose(
    program: int, observation: int, target: Target, where: dict[str, object], activity: int, number: int,
    *, named: bool,
) -> dict[str, object]:  # fmt: skip
    """Return one exposure: a row of the pool and a header in one."""
    visit, group = 1, 2
    act_id = _NUMERALS[(activity + 1) // 36 % 36] + _NUMERALS[(activity + 1) % 36]
    detector = str(where["DETECTOR"]).lower()
    stem = f"jw{program:05d}{observation:03d}{visit:03d}_{group:02d}1{act_id}_{number:05d}_{detector}"
    moving = where["VISITYPE"] == "PRIME_TARGETED_MOVING"
    drift = number * (1e-3 if moving else 1e-8)  # a comet; a star with proper motion
    ra, dec = (target.ra + drift) % 360, target.dec + drift / 2
    is_science = "TACQ" not in str(where["EXP_TYPE"])
    return {
        **where,
        "exposure": stem,
        "filename": f"{stem}_uncal.fits",
        "PROGRAM": f"{program:05d}",
        "OBSERVTN": f"{observation:03d}",
        "obs_num": f"{observation}",
        "VISIT": f"{visit:03d}",
        "VISITGRP": f"{group:02d}",
        "SEQ_ID": "1",
        "ACT_ID": act_id,
        "EXPOSURE": f"{number:05d}",
        "OBS_ID": f"V{program:05d}{observation:03d}{visit:03d}P0000000{group:02d}1{act_id}".upper(),
        "TARGPROP": target.name,
        "TARGNAME": target.name.replace("-", " ") if named else "",
        "targetid": "" if where["VISITYPE"] == "PARALLEL_PURE" else f"{target.number}",
        "TARG_RA": round(ra, 9),
        "TARG_DEC": round(dec, 9),
        **{keyword: round(ra, 7) for keyword in ("RA_REF", "CRVAL1", "GS_RA")},
        **{keyword: round(dec, 7) for keyword in ("DEC_REF", "CRVAL2", "GS_DEC")},
        "pntgtype": "SCIENCE" if is_science else "TARGET_ACQUISITION",
        "asn_candidate": f"[('o{observation:03d}', 'observation')]",
        "dms_note": "NULL",
        "exposerr": "NULL",
    }
