"""Target classes from the archive (MAST): one question for each distinct target, answers kept on disk."""

import json
import os
import time
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from scrub.files import atomic
from scrub.files.table_files import SourceError, Track, untracked
from scrub.frames.cells import TEXT
from scrub.hst_svm.targets import Classify, get_setting
from scrub.tables import Rules

Ask = Callable[..., pd.DataFrame]


class MastError(OSError):
    """The archive did not answer."""


def cache_file() -> Path:
    """Return where answers are kept unless another file is named: in the user's folder of caches."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "skyscrub" / "target_classes.json"


def classifier(
    rules: Rules,
    *,
    cache: Path | None = None,
    ask: Ask | None = None,
    wait: Callable[[float], object] = time.sleep,
    track: Track = untracked,
) -> Classify:
    """Return a function that asks the archive for the classes of targets, for the step ``targets``.

    A request asks for many named targets, or for one unnamed target by proposal and position. A request that
    fails is repeated, each time after twice the wait; targets that it leaves open are rejected with the reason.

    Args:
        rules: an HST mosaic rule set; its table ``mast`` has the settings.
        cache: a JSON file of answers; it spares the question. A target without an answer is not kept.
        ask: takes criteria (coordinates are RA and Dec in degrees), returns a frame with target_name and
            target_classification; astroquery's unless given.
        wait: how to wait, in seconds.
        track: wraps the iteration over requests, to show progress.

    Raises:
        SourceError: astroquery is not installed, or a cache that is none.
    """
    return partial(_classify, rules, cache, ask or _astroquery(), wait, track)


def _classify(
    rules: Rules,
    cache: Path | None,
    ask: Ask,
    wait: Callable[[float], object],
    track: Track,
    targets: pd.DataFrame,
) -> pd.DataFrame:
    """Return category and reason of each target."""
    known = _read(cache)
    failed: dict[str, str] = {}
    requests = _write_requests(rules, targets[~targets["question"].isin(list(known))])
    for criteria, names in track(requests, total=len(requests), desc="targets"):
        try:
            answer = _patiently(rules, partial(ask, **criteria), wait)
        except (OSError, ValueError) as error:
            failed |= dict.fromkeys(names, f"the archive did not answer: {error}")
        else:
            known |= _read_answer(answer, names)
            if cache is not None:
                cache.parent.mkdir(parents=True, exist_ok=True)
                atomic.document(known, cache)
    rows = [[known.get(question), failed.get(question, "")] for question in targets["question"]]
    return pd.DataFrame(rows, columns=["category", "reason"], dtype=TEXT)


def _write_requests(rules: Rules, targets: pd.DataFrame) -> list[tuple[dict[str, Any], dict[str, str | None]]]:
    """Return each request, with the question that each target name in its answer stands for (None: any name)."""
    collection = {"obs_collection": get_setting(rules, "obs_collection")}
    by_name = targets["question"].str.startswith("name ")
    most = int(get_setting(rules, "names_a_request"))
    wild = targets["targname"].str.contains(f"[{get_setting(rules, 'wildcards')}]", regex=True)
    plain, alone = targets[by_name & ~wild], targets[by_name & wild]
    parts = [plain.iloc[start : start + most] for start in range(0, len(plain), most)]
    requests: list[tuple[dict[str, Any], dict[str, str | None]]] = []
    for part in [*parts, *(alone.iloc[[number]] for number in range(len(alone)))]:
        names = dict(zip(part["question"], part["targname"].str.upper(), strict=True))
        requests.append(({"target_name": part["targname"].tolist(), **collection}, names))
    for row in targets[~by_name].to_dict("records"):
        near = {"coordinates": (row["ra_targ"], row["dec_targ"]), "radius": f"{get_setting(rules, 'radius')} deg"}
        requests.append(({"proposal_id": row["proposal"], **near, **collection}, {row["question"]: None}))
    return requests


def _patiently(rules: Rules, ask: Callable[[], pd.DataFrame], wait: Callable[[float], object]) -> pd.DataFrame:
    """Return the answer of the first try that has one; each wait is twice the one before."""
    seconds = float(get_setting(rules, "first_wait"))
    for _ in range(int(get_setting(rules, "tries")) - 1):
        try:
            return ask()
        except OSError:
            wait(seconds)
            seconds *= 2
    return ask()


def _read_answer(answer: pd.DataFrame, targets: Mapping[str, str | None]) -> dict[str, str]:
    """Return the class that most observations of each target have; of several, the first in the alphabet."""
    chosen = {}
    if len(answer):
        names = answer["target_name"].astype(TEXT).str.upper()
        classes = answer["target_classification"].astype(TEXT).str.strip().replace("", None)
        for question, name in targets.items():
            own = classes[names == name] if name is not None else classes
            ranked = own.dropna().value_counts().sort_index().sort_values(ascending=False, kind="stable")
            if len(ranked):
                chosen[question] = str(ranked.index[0])
    return chosen


def _read(cache: Path | None) -> dict[str, str]:
    if cache is None or not cache.exists():
        return {}
    try:
        known = json.loads(cache.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceError(f"{cache}: not a cache of target classes: {error}") from None
    if not isinstance(known, dict) or not all(isinstance(value, str) for value in known.values()):
        raise SourceError(f"{cache}: not a cache of target classes")
    return known


def _astroquery() -> Ask:
    """Return a function that asks MAST with astroquery.

    Raises:
        SourceError: it is not installed.
    """
    try:
        from astroquery import exceptions
        from astroquery.mast import Observations
    except ImportError:
        raise SourceError(
            "the classes of targets come from MAST, which needs the extra: pip install 'skyscrub[mast]'; "
            "or give a table of them"
        ) from None

    def ask(**criteria: Any) -> pd.DataFrame:
        if "coordinates" in criteria:
            from astropy.coordinates import SkyCoord

            criteria["coordinates"] = SkyCoord(*criteria["coordinates"], unit="deg")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                table: pd.DataFrame = Observations.query_criteria(**criteria).to_pandas()
            except (exceptions.InvalidQueryError, exceptions.RemoteServiceError, exceptions.TimeoutError) as error:
                raise MastError(f"{type(error).__name__}: {error}") from error
        return table

    return ask
