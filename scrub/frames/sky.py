"""Positions on the sky: separations, footprints and the fiducial of several footprints, on whole arrays.

Angles are degrees in and out unless a name says otherwise; every argument broadcasts.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]

ARCSEC = 3600.0


def separation(ra1: npt.ArrayLike, dec1: npt.ArrayLike, ra2: npt.ArrayLike, dec2: npt.ArrayLike) -> Floats:
    """Return the angle between positions, in arcseconds.

    The Vincenty formula in the very order of ``astropy.coordinates.angular_separation``, so that small
    offsets agree to the last bit (importing that package costs half of the command's start-up time).

    Args:
        ra1: right ascension, degrees.
        dec1: declination, degrees.
        ra2: right ascension of the other position, degrees.
        dec2: its declination, degrees.

    >>> float(separation(359.5, 0, 0.5, 0).round(6))
    3600.0
    """
    lon1, lat1, lon2, lat2 = (np.asarray(angle, dtype=np.float64) for angle in (ra1, dec1, ra2, dec2))
    along = np.deg2rad(lon2 - lon1)
    lat1, lat2 = np.deg2rad(lat1), np.deg2rad(lat2)
    sin1, sin2, cos1, cos2 = np.sin(lat1), np.sin(lat2), np.cos(lat1), np.cos(lat2)
    across = np.hypot(cos2 * np.sin(along), cos1 * sin2 - sin1 * cos2 * np.cos(along))
    angle: Floats = np.rad2deg(np.arctan2(across, sin1 * sin2 + cos1 * cos2 * np.cos(along))) * ARCSEC
    return angle


def unit_vectors(ra: npt.ArrayLike, dec: npt.ArrayLike) -> Floats:
    """Return positions as unit vectors: the shape of the angles with a last axis of three.

    Args:
        ra: right ascension, degrees, of any shape.
        dec: declination, degrees, of the same shape.

    >>> unit_vectors(90, 0).round(6).tolist()
    [0.0, 1.0, 0.0]
    """
    lon, lat = np.deg2rad(np.asarray(ra, dtype=np.float64)), np.deg2rad(np.asarray(dec, dtype=np.float64))
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def angles(vectors: Floats) -> tuple[Floats, Floats]:
    """Return the right ascension (0 to 360) and declination of vectors of any length.

    >>> [float(a) for a in angles(np.array([0.0, 2.0, 0.0]))]
    [90.0, 0.0]
    """
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    ra = np.rad2deg(np.arctan2(y, x)) % 360.0
    return ra, np.rad2deg(np.arctan2(z, np.sqrt(x**2 + y**2)))


def half_side(pixels: Floats, scale: Floats) -> Floats:
    """Return half the side of a detector, in degrees.

    Args:
        pixels: along the side, of any shape.
        scale: of a pixel, arcseconds, of the same shape.

    >>> float(half_side(np.array(2048.0), np.array(0.0625)).round(4))
    0.0178
    """
    half: Floats = pixels / 2.0 * scale / ARCSEC
    return half


def corners(
    ra: Floats, dec: Floats, half_width: Floats, half_height: Floats, *, flat: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Return the corners of footprints: arrays of shape (n, 4).

    Args:
        ra: right ascension of the centres, of shape (n,).
        dec: declination of the centres, of shape (n,).
        half_width: half the sides along right ascension, in degrees, of shape (n,).
        half_height: half the sides along declination, in degrees, of shape (n,).
        flat: where true, the half width is added to the right ascension as it is, with no cos(dec);
            elsewhere it is divided by cos(dec).

    >>> ra, dec = corners(*(np.array([v]) for v in (10.0, 60.0, 1.0, 0.5)), flat=np.array([False]))
    >>> ra.round(6).tolist(), dec.tolist()
    ([[8.0, 12.0, 12.0, 8.0]], [[59.5, 59.5, 60.5, 60.5]])
    """
    across = half_width / np.where(flat, 1.0, np.cos(np.deg2rad(dec)))
    signs_ra, signs_dec = np.array([-1.0, 1.0, 1.0, -1.0]), np.array([-1.0, -1.0, 1.0, 1.0])
    return ra[:, None] + across[:, None] * signs_ra, dec[:, None] + half_height[:, None] * signs_dec


def middle(vectors: Floats, starts: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return the fiducial of each run of vectors: the middle of the least and greatest on each axis.

    Args:
        vectors: unit vectors, of shape (n, 3), the runs one after another.
        starts: where each run begins.

    >>> ra, dec = middle(unit_vectors([359.0, 1.0], [0.0, 0.0]), np.array([0]))
    >>> float(ra[0].round(6)) % 360, float(dec[0])
    (0.0, 0.0)
    """
    least, most = np.minimum.reduceat(vectors, starts), np.maximum.reduceat(vectors, starts)
    return angles((most + least) / 2.0)


def polygon_middle(regions: pd.Series) -> pd.DataFrame:
    """Return the middle of S_REGION polygons, as columns ``ra`` and ``dec``; NaN where there is none.

    A region is ``POLYGON``, the frame ``ICRS`` or none, and three vertices at least, in degrees; several
    polygons are one region. Anything else has no middle.

    >>> polygon_middle(pd.Series(["POLYGON ICRS 1 -1 3 -1 3 1 1 1", "POLYGON 1 2", None])).round(3)["ra"].tolist()
    [2.0, nan, nan]
    """
    ra, dec = find_middles(regions.array)
    return pd.DataFrame({"ra": ra, "dec": dec}, index=regions.index)


def find_middles(regions: Any) -> tuple[Floats, Floats]:
    """Return the right ascension and declination of what ``polygon_middle`` finds, for an array of regions.

    Args:
        regions: texts, missing where there is none.

    >>> [float(angle.round(3)[0]) for angle in find_middles(np.array(["POLYGON ICRS 1 -1 3 -1 3 1 1 1"], dtype=object))]
    [2.0, 0.0]
    """
    codes, distinct = pd.factorize(regions)
    middles = []
    for region in distinct:
        polygons = read_polygons(str(region))
        vertices = np.concatenate(polygons, axis=1) if polygons else None
        ra, dec = (np.array([np.nan]),) * 2 if vertices is None else middle(unit_vectors(*vertices), np.array([0]))
        middles.append((float(ra[0]), float(dec[0])))
    ra, dec = np.array([*middles, (np.nan, np.nan)])[codes].T  # what is missing has the last
    return ra, dec


def find_centres(regions: Any) -> tuple[Floats, Floats]:
    """Return the right ascension and declination of the centres of S_REGION circles; NaN for anything else.

    A region is ``CIRCLE``, the frame ``ICRS`` or none, a position and a radius, in degrees.

    Args:
        regions: texts, missing where there is none.

    >>> [float(angle[0]) for angle in find_centres(np.array(["CIRCLE ICRS 10.5 -3 0.02"], dtype=object))]
    [10.5, -3.0]
    """
    codes, distinct = pd.factorize(regions)
    ra, dec = np.array([*(_read_centre(str(region)) for region in distinct), (np.nan, np.nan)])[codes].T
    return ra, dec


def _read_centre(region: str) -> tuple[float, float]:
    words = region.upper().split()
    try:
        ra, dec, radius = (float(word) for word in (words[2:] if words[1:2] == ["ICRS"] else words[1:]))
    except ValueError:
        return np.nan, np.nan
    is_one = words[0] == "CIRCLE" and 0 <= ra <= 360 and abs(dec) <= 90 and 0 < radius < 180
    return (ra, dec) if is_one else (np.nan, np.nan)


def read_polygons(region: str) -> list[Floats]:
    """Return the polygons of an S_REGION, each of shape (2, n), in degrees; none where it is no region on the sky.

    Args:
        region: as ``polygon_middle`` reads it.

    >>> read_polygons("POLYGON ICRS 1 -1 3 -1 3 1 1 1")[0].tolist()
    [[1.0, 3.0, 3.0, 1.0], [-1.0, -1.0, 1.0, 1.0]]
    """
    before, *texts = region.upper().split("POLYGON")
    polygons: list[Floats] = []
    for text in texts:
        words = text.split()
        try:
            angles_ = [float(word) for word in (words[1:] if words[:1] == ["ICRS"] else words)]
        except ValueError:
            return []
        if len(angles_) < 6 or len(angles_) % 2:
            return []
        polygons.append(np.array(angles_).reshape(-1, 2).T)
    on_sky = all(((ra >= 0) & (ra <= 360) & (np.abs(dec) <= 90)).all() for ra, dec in polygons)
    return polygons if on_sky and not before.strip() else []


def tangent_offsets(ra: npt.ArrayLike, dec: npt.ArrayLike, ra0: float, dec0: float) -> tuple[Floats, Floats]:
    """Return how far east and north positions are from a centre, in arcseconds on the tangent plane there.

    The gnomonic projection; a position 90 degrees or more from the centre has none, and is NaN.

    Args:
        ra: right ascension, degrees, of any shape.
        dec: declination, degrees, of the same shape.
        ra0: right ascension of the centre, degrees.
        dec0: its declination, degrees.

    >>> [float(offset.round(3)) for offset in tangent_offsets(359.999, 0.001, 0.0, 0.0)]
    [-3.6, 3.6]
    """
    along = np.deg2rad(np.asarray(ra, dtype=np.float64) - ra0)
    lat, lat0 = np.deg2rad(np.asarray(dec, dtype=np.float64)), np.deg2rad(dec0)
    sin, cos, sin0, cos0 = np.sin(lat), np.cos(lat), np.sin(lat0), np.cos(lat0)
    towards = sin0 * sin + cos0 * cos * np.cos(along)
    depth = np.where(towards > 1e-9, towards, np.nan)
    east, north = cos * np.sin(along) / depth, (cos0 * sin - sin0 * cos * np.cos(along)) / depth
    return np.rad2deg(east) * ARCSEC, np.rad2deg(north) * ARCSEC


def offset_statistics(offsets: Floats, starts: npt.NDArray[np.intp]) -> dict[str, Floats]:
    """Return the statistics of each run of offsets: spec names, one value a run, in the offsets' unit.

    ``sigma_offset`` is the population standard deviation, ``err_offset`` that over the square root of
    the count. ``frac`` is the share, and ``sigma1_mean`` the mean (else 0), of the offsets greater than
    mean + sigma + 1e-9 x mean: the last term keeps rounding from telling two equal offsets apart.

    Args:
        offsets: of shape (n,), the runs one after another.
        starts: where each run begins.

    >>> statistics = offset_statistics(np.array([1.0, 1.0, 1.0, 5.0]), np.array([0]))
    >>> [round(float(value[0]), 3) for value in statistics.values()]
    [5.0, 2.0, 1.732, 0.866, 5.0, 0.25]
    """
    sizes = np.diff(np.append(starts, len(offsets)))
    mean = np.add.reduceat(offsets, starts) / sizes
    sigma = np.sqrt(np.add.reduceat((offsets - np.repeat(mean, sizes)) ** 2, starts) / sizes)
    above = offsets > np.repeat(mean + sigma + 1e-9 * mean, sizes)
    count = np.add.reduceat(above.astype(np.int64), starts)
    far = np.add.reduceat(np.where(above, offsets, 0.0), starts)
    return {
        "max_offset": np.maximum.reduceat(offsets, starts),
        "mean_offset": mean,
        "sigma_offset": sigma,
        "err_offset": sigma / np.sqrt(sizes),
        "sigma1_mean": far / np.maximum(count, 1),
        "frac": count / sizes,
    }
