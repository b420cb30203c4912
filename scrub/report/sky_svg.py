"""A picture of the sky as SVG: its light colours stand in the drawing, and a style sheet has the dark ones."""

from typing import NamedTuple

import numpy as np

from scrub.frames.sky import Floats
from scrub.report.pictures import Picture
from scrub.report.render import fill, show

LEFT, TOP, SIDE = 70.0, 14.0, 320.0  # the square that the sky is drawn in
COLOURS = ("#0b57a4", "#b3261e", "#1d6b3a", "#7a3e9d", "#8a5a00", "#00707a", "#a1266e", "#4d5661")
DASHES = ("", "7 3", "2 2", "9 3 2 3")
_NAME = 16  # characters of a detector in the legend


class Shape(NamedTuple):
    """The footprints of a detector: its name and number of exposures, one path, points, style, place in the legend."""

    detector: str
    number: int
    path: str
    points: str
    style: int
    colour: str
    dash: str
    y: float


class Drawing(NamedTuple):
    """A picture in the units of the drawing: shapes of detectors, marks, ticks with their labels, and a description."""

    picture: Picture
    shapes: list[Shape]
    fiducial: tuple[float, float]
    target: tuple[float, float] | None
    east: list[tuple[float, str]]
    north: list[tuple[float, str]]
    height: float
    description: str


def lay_out(picture: Picture) -> Drawing:
    """Return a picture in the units of its drawing: east is left, north is up.

    Args:
        picture: of a product.
    """
    shapes = []
    for i, outline in enumerate(picture.outlines):
        path = "".join(_path(_place(picture, polygon), "Z") for polygon in outline.polygons)
        points = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in _place(picture, outline.points).T)
        name = outline.detector if len(outline.detector) <= _NAME else f"{outline.detector[:_NAME]}…"
        style, dash = i % len(COLOURS), DASHES[i % len(DASHES)]
        y = TOP + 10.0 + 20.0 * i
        shapes.append(Shape(name, len(outline.polygons), path, points, style, COLOURS[style], dash, y))
    marks = _place(picture, np.array([[0.0, *(picture.target or ())[:1]], [0.0, *(picture.target or ())[1:]]])).T
    places = [(round(float(x), 1), round(float(y), 1)) for x, y in marks]
    ticks = np.array(picture.ticks)
    across, up = (at.tolist() for at in _place(picture, np.stack([ticks, ticks])))
    labels = [f"{tick:g}" for tick in picture.ticks]
    return Drawing(
        picture,
        shapes,
        places[0],
        places[1] if picture.target else None,
        [(round(x, 1), label) for x, label in zip(across, labels, strict=True) if _is_inside(x, LEFT)],
        [(round(y, 1), label) for y, label in zip(up, labels, strict=True) if _is_inside(y, TOP)],
        max(TOP + SIDE + 48.0, TOP + 110.0 + 20.0 * len(shapes)),
        describe(picture),
    )


def describe(picture: Picture) -> str:
    """Return a picture in words.

    Args:
        picture: of a product.
    """
    detectors = ", ".join(f"{len(outline.polygons)} of {show(outline.detector)}" for outline in picture.outlines)
    kind = "fiducial" if picture.fiducial else "middle of the footprints"
    where = f"{picture.centre[0]:.5f} {picture.centre[1]:+.5f} degrees"
    target = picture.aside or f"target {show(picture.target_name) or 'without a name'} is in the picture"
    return f"Footprints: {detectors}. The {kind} is at {where}. {target[:1].upper()}{target[1:]}."


def to_svg(picture: Picture) -> str:
    """Return a picture as an SVG file.

    Args:
        picture: of a product.

    Raises:
        NoJinjaError: jinja2 is not installed.
    """
    return fill("sky.svg", style=("sky.css",), drawing=lay_out(picture))


def _place(picture: Picture, offsets: Floats) -> Floats:
    """Return offsets in the units of the drawing, of shape (2, n)."""
    scale = SIDE / (2 * picture.size)
    x = LEFT + SIDE / 2 - (offsets[0] - picture.middle[0]) * scale
    return np.stack([x, TOP + SIDE / 2 - (offsets[1] - picture.middle[1]) * scale])


def _path(places: Floats, end: str) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places.T) + end


def _is_inside(at: float, start: float) -> bool:
    return start - 0.05 <= at <= start + SIDE + 0.05
