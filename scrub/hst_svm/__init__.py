"""HST single-visit mosaics: QA results in; alignment, target class and encoded features out.

The pipeline is a tuple of steps, each from one contract to the next; what is outside (images, the archive)
comes in by the functions ``scrape`` and ``classify``:

>>> from toolz import pipe
>>> from scrub import hst_svm
>>> rules = hst_svm.read_rules()
>>> [step.func.__name__ for step in hst_svm.steps(rules)]
['mosaics', 'alignments', 'targets', 'features']
>>> pipe(hst_svm.example(rules), *hst_svm.steps(rules)).loc[0, ["numexp", "det", "wcs", "cat"]].tolist()
[2, 1, 0, 3]

When it is called directly, a step raises on a bad row; ``run`` sets bad rows aside and accounts for every one.
"""

from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from scrub import tables
from scrub.contracts.ledger import Ledger
from scrub.contracts.stage import chain
from scrub.files.table_files import SourceError, Track, untracked
from scrub.frames import columns
from scrub.frames.encode import HandleUnknown
from scrub.frames.rejects import arrange, join
from scrub.frames.summaries import show_answer, show_answer_as_html
from scrub.hst_svm import mast
from scrub.hst_svm.alignments import Scrape, alignments, from_images, scraper
from scrub.hst_svm.features import LABEL, features
from scrub.hst_svm.inputs import Inputs, from_table, load
from scrub.hst_svm.labels import positives, subset
from scrub.hst_svm.mosaics import count_copies, mosaics
from scrub.hst_svm.qa import read_qa
from scrub.hst_svm.summary import from_summary
from scrub.hst_svm.targets import Classify, targets
from scrub.hst_svm.targets import from_table as classes
from scrub.pipeline.account import account, count_datasets
from scrub.pipeline.decode import decode
from scrub.pipeline.describe import describe as describe_features
from scrub.pipeline.features import keep_numbers
from scrub.pipeline.marks import mark
from scrub.tables import Rules

__all__ = [
    "Answer", "Inputs", "SourceError", "alignments", "classes", "decode", "describe", "example", "features",
    "from_images", "from_summary", "from_table", "keep_numbers", "load", "mast", "mosaics", "positives", "read_qa",
    "read_rules", "run", "scraper", "steps", "subset", "targets",
]  # fmt: skip


class Answer(NamedTuple):
    """The frames of a run, the two lists of names, and the ledger."""

    raw: pd.DataFrame
    features: pd.DataFrame
    positive: list[str]
    subset: list[str]
    rejected: pd.DataFrame
    ledger: Ledger

    def __repr__(self) -> str:
        """Return how many rows each frame has, as one line."""
        return show_answer(self)

    def _repr_html_(self) -> str:
        """Return the same for notebooks, as a table."""
        return show_answer_as_html(self)


def read_rules(name: str | Path = "hst_svm", *, edition: str | int | None = None) -> Rules:
    """Return the rule set of HST mosaics, or a version of it in a folder: see ``tables.read``.

    Args:
        name: a rule set that ships, or a folder.
        edition: the newest unless one is named.
    """
    return tables.read(name, edition=edition, base="hst_svm")


def steps(
    rules: Rules,
    *,
    form: str = "qa",
    scrape: Scrape | None = None,
    classify: Classify | None = None,
    handle_unknown: HandleUnknown = "error",
    crpt: bool = False,
) -> tuple["partial[pd.DataFrame]", ...]:
    """Return the pipeline: from QA results to mosaics, alignments, targets and features.

    Args:
        rules: an HST mosaic rule set.
        form: of the input: ``qa`` or ``summary``.
        scrape: reads the images, see ``alignments``.
        classify: gives the classes of targets, see ``targets``.
        handle_unknown: ``error`` or ``use_encoded_value``, for words without a code.
        crpt: the mosaics were corrupted on purpose.
    """
    return (
        partial(mosaics, rules, form=form),
        partial(alignments, rules, scrape=scrape),
        partial(targets, rules, classify=classify),
        partial(features, rules, handle_unknown=handle_unknown, crpt=crpt),
    )


def run(
    source: pd.DataFrame | str | Path,
    *,
    fits: str | Path | None = None,
    classify: Classify | None = None,
    crpt: bool = False,
    seed: int = 0,
    edition: str | int | None = None,
    rules: Rules | str | Path = "hst_svm",
    handle_unknown: HandleUnknown = "error",
    track: Track = untracked,
) -> Answer:
    """Return every frame of the pipeline for an input; bad input never ends the run, it is in ``rejected``.

    Args:
        source: a frame or a table file of QA results (CSV, Parquet, HDF5); a folder of QA files; a summary
            (``single_visit_mosaics*.csv``), or a folder with one.
        fits: the folder of ``{dataset}/{imgname}``. Without it a table must have rms_ra, rms_dec, nmatches
            and wcstype; a folder, or a summary, is its own.
        classify: see ``targets``; ``classes`` makes one from a table. Without it the column ``category`` of
            the table counts, and MAST is asked where there is none (``mast.classifier``).
        crpt: the mosaics were corrupted on purpose: every label is 1.
        seed: of the subset.
        edition: an edition of the rule set; the newest unless one is named.
        rules: a rule set, its name, or its folder.
        handle_unknown: ``error`` or ``use_encoded_value``, for words without a code.
        track: called with an iterable, ``total`` and ``desc``; returns the iterable, showing progress (tqdm).

    Returns:
        raw, everything known before encoding; features; both index the data set. The names with label 1;
        one name with label 0 for each detector and category; rejected (what, stage, reason, column, value);
        the ledger.

    Raises:
        SourceError: nothing there to read, or no images and no columns of them.
        RuleError: no such rule set or edition, or a table that cannot be trusted.

    >>> answer = run(example(read_rules()))
    >>> answer.features.index.tolist(), answer.ledger["datasets"]
    (['hst_12286_38_wfc3_ir_total_ibl738'], {'in': 1, 'features': 1, 'rejected': 0, 'duplicates': 0})
    """
    rules = rules.at(edition) if isinstance(rules, Rules) else read_rules(rules, edition=edition)
    read = load(rules, source, track=track)
    folder = _find_folder(source, fits, read.form)
    measures = [row["column"] for row in rules["headers"].records() if row["header"] != "PRIMARY"]
    if folder is None and (lacking := [c for c in measures if c not in read.qa]):
        raise SourceError(f"the table has no column {', '.join(lacking)}: name the folder of FITS files that have them")
    if classify is None and "category" not in read.qa:
        classify = mast.classifier(rules, cache=mast.cache_file(), track=track)
    replaced = [*(measures if folder is not None else []), *(["category"] if classify is not None else [])]
    pipeline = steps(
        rules,
        form=read.form,
        scrape=None if folder is None else scraper(rules, folder, track=track),
        classify=classify,
        handle_unknown=handle_unknown,
        crpt=crpt,
    )
    qa = read.qa.drop(columns=replaced, errors="ignore")
    frames, aside = chain(pipeline, qa, track=track)
    rejected = arrange(join([read.rejected, aside]))
    raw, encoded = (frame.set_index("index") for frame in frames[-2:])
    parts = count_datasets(read.datasets, encoded, rejected, count_copies(rules, qa, form=read.form))
    answer = Answer(
        columns.order(raw, [str(c) for c in raw if c != LABEL]),
        encoded,
        positives(encoded),
        subset(encoded, seed=seed),
        rejected,
        account(rules, "hst_svm", handle_unknown, read.files, rejected, parts, read.sha256, read.passed_over),
    )
    return mark(answer)


def _find_folder(source: pd.DataFrame | str | Path, fits: str | Path | None, form: str) -> Path | None:
    """Return the folder of images, if there is one."""
    if fits is not None:
        return Path(fits)
    if isinstance(source, pd.DataFrame):
        return None
    path = Path(source)
    if path.is_dir():
        return path
    return path.parent if form == "summary" else None


def describe(rules: Rules) -> pd.DataFrame:
    """Return what each feature is: its kind, unit, codes and words, description and source: see ``pipeline.describe``.

    Args:
        rules: an HST mosaic rule set.

    >>> describe(read_rules()).loc["rms_ra", ["kind", "unit"]].tolist()
    ['number', 'mas']
    """
    return describe_features(rules, features.returns)


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)


def example(rules: Rules) -> pd.DataFrame:
    """Return one WFC3 mosaic, for examples."""
    row = {
        "header.TARGNAME": "ANY", "header.RA_TARG": 262.4699055743, "header.DEC_TARG": 52.32648710525,
        "header.NUMEXP": 2, "gen_info.imgname": "hst_12286_38_wfc3_ir_total_ibl738_drz.fits",
        "Number_of_GAIA_sources.Number_of_GAIA_sources": 7, "number_of_sources.detector": "ir",
        "number_of_sources.point": 284, "number_of_sources.segment": 185, "rms_ra": 5.88, "rms_dec": 13.38,
        "nmatches": 5, "wcstype": "a posteriori", "category": "UNIDENTIFIED;PARALLEL FIELD",
    }  # fmt: skip
    return from_table(rules, pd.DataFrame([row], index=["hst_12286_38_wfc3_ir_total_ibl738"])).good
