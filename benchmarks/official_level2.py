"""What Level 2 needs of random programs beyond Level 3: nods, imprints, direct images, lamps, backgrounds elsewhere.

``official_sets.make_set(seed, level=2)`` adds these observations behind those of Level 3, by other random numbers.
"""

import random
from collections.abc import Callable

Row = dict[str, object]
KEYWORDS = ["PATT_NUM", "NUMDTHPT", "SUBPXPTS", "OPMODE", "LAMP", "MSASTATE"]  # of headers and pools
POOL_ONLY = ["expspcin", "mostilno", "dithptin"]
_IMAGES = {
    "NIS_WFSS": ("NIS_IMAGE", {"FILTER": "CLEAR"}),
    "NRC_WFSS": ("NRC_IMAGE", {"PUPIL": "CLEAR"}),
    "MIR_WFSS": ("MIR_IMAGE", {"FILTER": "F1000W"}),
}


def widen(draw: random.Random, kind: dict[str, str], rows: list[Row], expose: Callable[..., Row]) -> list[Row]:
    """Return the exposures of one kind in one observation, in time, with those that Level 2 takes beside them.

    Args:
        draw: random numbers.
        kind: a line of ``official_kinds2.csv``.
        rows: the exposures.
        expose: makes one more exposure like another: of it, its new activity and what differs.
    """
    flags, activity = kind["flags"].split(), len(rows) + 20
    beside: list[Row] = []
    behind: list[Row] = []
    if "confirm" in flags and rows:
        beside = [expose(rows[0], 0, {"EXP_TYPE": "MIR_TACONFIRM", "FILTER": "F560W", "TSOVISIT": "F"})]
    if "direct" in flags and draw.random() < 0.85:
        exp_type, optics = _IMAGES[kind["exp_type"]]
        whole = {str(row["ACT_ID"]): row for row in rows}
        for number, row in enumerate(whole.values()):
            behind.append(expose(row, activity + number, {"EXP_TYPE": exp_type, **optics}))
    if "leak" in flags:
        for number, row in enumerate(rows):
            if draw.random() < 0.6:
                behind.append(expose(row, activity + number, {"IS_IMPRT": "T"}))
    return [*beside, *rows, *behind]


def number_dithers(draw: random.Random, rows: list[Row], flags: dict[str, set[str]]) -> list[Row]:
    """Return the exposures of a program with their positions in patterns, tiles and exposure specifications.

    Args:
        draw: random numbers.
        rows: all exposures of a program.
        flags: of each kind, by exposure type.
    """
    activities: dict[tuple[object, ...], list[Row]] = {}
    for row in rows:
        activities.setdefault((row["OBSERVTN"], row["ACT_ID"]), []).append(row)
    specs: dict[object, int] = {}
    numbered = {}
    for key, own in activities.items():
        specs[key[0]] = spec = specs.get(key[0], 0) + 1
        points = len({row["EXPOSURE"] for row in own})
        subpixels = draw.choice((1, 1, 2)) if points % 2 == 0 else 1
        tiled = "tiles" in flags.get(str(own[0]["EXP_TYPE"]), set()) and draw.random() < 0.2
        tile = draw.choice((1, 2)) if tiled else 1
        for row in own:
            number = int(str(row["EXPOSURE"]))
            numbered[id(row)] = {
                "PATT_NUM": number, "NUMDTHPT": points, "SUBPXPTS": subpixels, "expspcin": spec, "mostilno": tile,
                "dithptin": number,
            }  # fmt: skip
    return [{"OPMODE": "", "LAMP": "", "MSASTATE": "", **row, **numbered[id(row)]} for row in rows]
