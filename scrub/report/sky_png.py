"""A picture of the sky as PNG, drawn by matplotlib."""

from pathlib import Path

from scrub.frames.printable import escape
from scrub.report.pictures import Picture
from scrub.report.sky_svg import COLOURS, describe


class NoMatplotlibError(OSError):
    """The package that draws PNG files is not installed."""


def save(picture: Picture, path: Path) -> None:
    """Write a picture as a PNG file: east is left, north is up.

    Args:
        picture: of a product.
        path: where to.

    Raises:
        NoMatplotlibError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise NoMatplotlibError("PNG needs the extra: pip install 'skyscrub[report]'") from None
    figure = Figure(figsize=(8, 6.5), layout="constrained")
    axes = figure.subplots()
    for i, outline in enumerate(picture.outlines):
        colour, dash = COLOURS[i % len(COLOURS)], ("-", "--", ":", "-.")[i % 4]
        for number, polygon in enumerate(outline.polygons):
            label = f"{_plain(outline.detector)} ({len(outline.polygons)})" if number == 0 else None
            axes.plot(
                *polygon[:, [*range(polygon.shape[1]), 0]], linewidth=1.2, color=colour, linestyle=dash, label=label
            )
        axes.plot(*outline.points, ".", color=colour)
    axes.plot(0, 0, "+", color="black", markersize=14, label="fiducial" if picture.fiducial else "centre")
    if picture.target:
        axes.plot(*picture.target, "o", color="black", fillstyle="none", markersize=10, label="target")
    (east, north), size = picture.middle, picture.size
    axes.set(xlim=(east + size, east - size), ylim=(north - size, north + size), aspect="equal")
    axes.set_xlabel("east of the centre (arcsec; east is left)")
    axes.set_ylabel("north of the centre (arcsec)")
    axes.set_title(_plain(picture.product), parse_math=False, fontsize="medium")
    for text in axes.legend(loc="upper left", bbox_to_anchor=(1, 1), frameon=False).get_texts():
        text.set_parse_math(False)
    words = {"Software": "skyscrub", "Description": _plain(describe(picture))}
    figure.savefig(path, format="png", dpi=120, metadata=words)


def _plain(text: str) -> str:
    """Return a text in letters that every font has."""
    return escape(text if len(text) <= 120 else f"{text[:120]}...", "ascii")
