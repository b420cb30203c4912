"""The older classes for HST: calibration and single-visit mosaics."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from scrub import hst_cal, hst_svm
from scrub.compat.base import Scrubber
from scrub.contracts.parse import ContractError
from scrub.files import atomic
from scrub.files.table_files import SourceError, read_table
from scrub.hst_svm.mosaics import list_columns
from scrub.hst_svm.summary import from_summary
from scrub.hst_svm.targets import Classify
from scrub.pipeline.dataset_names import name_datasets
from scrub.pipeline.features import order_features


class HstCalScrubber(Scrubber):
    """HST calibration: shells over ``scrub.hst_cal``."""

    def __init__(
        self,
        data: "pd.DataFrame | Mapping[str, Any] | None" = None,
        output_path: str | Path | None = None,
        output_file: str = "batch.csv",
        dropnans: bool = True,
        save_raw: bool = True,
        **log_kws: Any,
    ) -> None:
        self.rules = hst_cal.read_rules()
        order = [row["feature"] for row in order_features(self.rules)]
        super().__init__(data, order, output_path, output_file, dropnans, save_raw, "HstCalScrubber", **log_kws)
        self.data = self.df

    def scrub_inputs(self) -> Any:
        """Return the features as an array: one row's alone, or one row a data set; ``df`` has them by name."""
        answer = hst_cal.run(self.data, rules=self.rules)
        self._reject(answer.rejected)
        self.df = self._keep_order(answer.features, name_datasets(self.rules, self.data))
        if answer.features.empty and len(answer.rejected):
            raise ContractError(f"{answer.rejected.iloc[0].tolist()}", answer.rejected)
        rows = self.df.to_numpy()
        return rows[0] if len(rows) == 1 else rows

    def image_pixel_scales(self) -> dict[str, dict[str, float]]:
        """Return the pixel scale (arcsec) of each detector of each instrument."""
        instruments = self.rules["pixel_scales"].rows.astype({"scale": "float64"}).groupby("instrument")
        return {str(name): dict(zip(own["detector"], own["scale"], strict=True)) for name, own in instruments}


class HstSvmScrubber(Scrubber):
    """HST single-visit mosaics: shells over ``scrub.hst_svm``.

    ``classify`` may be set to a function (see ``hst_svm.targets``) that takes the place of the archive.
    """

    def __init__(
        self,
        input_path: str | Path,
        data: pd.DataFrame | None = None,
        output_path: str | Path | None = None,
        output_file: str = "svm_data",
        dropnans: bool = True,
        save_raw: bool = True,
        make_pos_list: bool = True,
        crpt: int = 0,
        make_subsamples: bool = False,
        **log_kws: Any,
    ) -> None:
        self.rules = hst_svm.read_rules()
        order = [row["feature"] for row in order_features(self.rules)]
        super().__init__(data, order, output_path, output_file, dropnans, save_raw, "HstSvmScrubber", **log_kws)
        self.input_path = Path(input_path).expanduser()
        self.make_pos_list = make_pos_list
        self.crpt = crpt
        self.make_subsamples = make_subsamples
        self.classify: Classify | None = None
        self.new_cols = [row["column"] for row in list_columns(self.rules, "qa") if row["block"] and row["name"]]

    def preprocess_data(self) -> "HstSvmScrubber":
        """Run every step, save what ``raw_`` and the final file hold, and the lists; return self."""
        answer = hst_svm.run(
            self.input_path if self.df is None else self.df,
            fits=self.input_path,
            classify=self.classify,
            crpt=bool(self.crpt),
            rules=self.rules,
        )
        self._reject(answer.rejected)
        names = answer.raw.index if self.df is None else name_datasets(self.rules, self.df)
        if self.save_raw:
            self.save_csv_file(self._keep_order(answer.raw, names), pfx="raw_")
        self.df = self._keep_order(answer.features, names)
        self.make_pos_label_list()
        self.find_subsamples()
        self.save_csv_file()
        return self

    def scrub_columns(self) -> None:
        """Name and order the columns, set rows with a missing value aside, add detector and data set."""
        good, rejected = hst_svm.from_table(self.rules, self.df)
        self._reject(rejected)
        self.df = self._keep_order(self._split(hst_svm.mosaics, self.rules, good).set_index("index"), good["index"])

    def scrub_qa_data(self) -> None:
        """Scrub the columns, then read the images and ask for the classes of targets."""
        self.scrub_columns()
        scrape = hst_svm.scraper(self.rules, Path(self.input_path))
        aligned = self._split(hst_svm.alignments, self.rules, self.df.reset_index(), scrape=scrape)
        classify = self.classify or hst_svm.mast.classifier(self.rules, cache=hst_svm.mast.cache_file())
        self.df = self._split(hst_svm.targets, self.rules, aligned, classify=classify).set_index("index")

    def scrub_qa_summary(self, csvfile: str = "single_visit_mosaics*.csv", idx: int = 0) -> pd.DataFrame | None:  # noqa: ARG002
        """Return mosaics from a summary and its catalogs; None where there is no summary.

        Args:
            csvfile: the pattern of the summary's name.
            idx: not used: several summaries are refused.
        """
        summaries = sorted(Path(self.input_path).glob(csvfile))
        if len(summaries) > 1:
            raise SourceError(f"several summaries, choose one: {', '.join(path.name for path in summaries)}")
        if not summaries:
            return None
        table, torn = read_table(summaries[0])
        self._reject(torn)
        good, rejected = from_summary(self.rules, table, Path(self.input_path))
        self._reject(rejected)
        mosaics = self._split(hst_svm.mosaics, self.rules, good, form="summary").set_index("index")
        self.df = self._keep_order(mosaics, good["index"])
        return pd.DataFrame(self.df)

    def make_pos_label_list(self) -> None:
        """Write the names with label 1 to ``pos.txt``, if there are labels and ``make_pos_list``."""
        if self.make_pos_list and "label" in self.df:
            atomic.lines(hst_svm.positives(self.df), self._beside("pos.txt"))

    def add_crpt_labels(self) -> pd.DataFrame | None:
        """Return the frame with label 1 on every row, if ``crpt``."""
        if not self.crpt:
            return None
        self.df = self.df.assign(label=1)
        return pd.DataFrame(self.df)

    def find_subsamples(self) -> None:
        """Write an aligned data set for each detector and category to ``subset.txt``, if ``make_subsamples``."""
        if self.make_subsamples and "label" in self.df:
            atomic.lines(hst_svm.subset(self.df), self._beside("subset.txt"))
