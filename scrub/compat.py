"""The classes of an older toolkit, as shells over the functions: change the import, keep the script.

``docs/migration.md`` has the function for each method, and what differs on purpose. None of these classes
has a rule of its own. ``rejected`` (what, stage, reason, column, value) tells what they left out.
"""

import logging
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from scrub import columns, contracts, hst_cal, hst_svm, jwst, write
from scrub.features import ordered
from scrub.hst_svm.mosaics import columns_of
from scrub.hst_svm.summary import from_summary
from scrub.hst_svm.targets import Classify
from scrub.source import SourceError, read_table
from scrub.tables import Rules

__all__ = ["HstCalScrubber", "HstSvmScrubber", "JwstCalScrubber", "Scrubber"]

_GROUPS = {"IMAGE": "image", "SPEC": "spec", "TAC": "tac", "FGS": "fgs"}
_KINDS = {"continuous": "continuous", "boolean": "boolean", "categorical": "category"}
_Products = dict[str, dict[str, dict[str, Any]]]


class Scrubber:
    """What the three others share: a frame, where to save it, and how its columns are told."""

    def __init__(
        self,
        data: "pd.DataFrame | Mapping[str, Any] | None" = None,
        col_order: Sequence[str] | None = None,
        output_path: str | Path | None = None,
        output_file: str | None = None,
        dropnans: bool = True,
        save_raw: bool = True,
        name: str = "Scrubber",
        **log_kws: Any,
    ) -> None:
        self.__name__ = name
        self.log = logging.getLogger(name)
        self.log_kws = log_kws
        self.df: Any = self.convert_to_dataframe(data)
        self.col_order = None if col_order is None else list(col_order)
        self.output_path = output_path
        self.output_file = output_file
        self.dropnans = dropnans
        self.save_raw = save_raw
        self.data_path: str | None = None
        self.rejected = contracts.none_rejected()

    def convert_to_dataframe(self, data: "pd.DataFrame | Mapping[str, Any] | None" = None) -> pd.DataFrame | None:
        """Return a copy of the data as a frame; a mapping has a row for each key."""
        if data is None:
            return None
        return data.copy() if isinstance(data, pd.DataFrame) else pd.DataFrame.from_dict(dict(data), orient="index")

    def extract_matching_columns(self, cols: Sequence[str]) -> None:
        """Keep those of the columns that are there."""
        self.df = columns.keep(self.df, cols)

    def col_splitter(self, splitter: str = ".", keep: int = -1, make_lowercase: bool = True) -> list[str]:
        """Return one part of each column name."""
        parts = self.df.columns.astype("str").str.split(splitter).str[keep]
        told: list[str] = (parts.str.lower() if make_lowercase else parts).tolist()
        return told

    def rename_cols(self, old: Sequence[str] | None = None, new: Sequence[str] | None = None) -> None:
        """Rename columns, all of them to the last part of their names unless told otherwise."""
        pairs = zip(self.df.columns if old is None else old, self.col_splitter() if new is None else new, strict=True)
        self.df = self.df.rename(columns=dict(pairs))

    def drop_nans(self, save_backup: bool = True) -> None:  # noqa: ARG002
        """Set rows with a missing value aside, if ``dropnans``."""
        if self.dropnans:
            named = self.df.rename_axis("index").reset_index()
            good, rejected = columns.complete(named, self.__name__, self.df.columns)
            self.df = good.set_index("index")
            self._reject(rejected)

    def drop_and_set_cols(self, label_cols: Sequence[str] = ("label",)) -> None:
        """Keep the columns of ``col_order``, in that order, and a label."""
        if self.col_order is not None:
            self.df = columns.order(self.df, self.col_order, last=label_cols[0])

    def uppercase_vals(self, column_list: Sequence[str], exceptions: Collection[str] = ()) -> pd.DataFrame:
        """Return the frame with the text of some columns in upper case."""
        self.df = columns.upper(self.df, but={*self.df.columns} - {*column_list} | {*exceptions})
        return pd.DataFrame(self.df)

    def save_csv_file(self, df: pd.DataFrame | None = None, pfx: str = "", index_col: str = "index") -> str:
        """Save the frame, or another, as CSV with its index as the first column; return the path."""
        path = self._beside(f"{pfx}{Path(str(self.output_file)).name.removesuffix('.csv')}.csv")
        self.data_path = str(write.table((self.df if df is None else df).rename_axis(index_col), path))
        return self.data_path

    def _beside(self, name: str) -> Path:
        return write.folder(Path(self.output_path or ".") / Path(str(self.output_file)).parent, "csv") / name

    def _reject(self, rejected: pd.DataFrame) -> None:
        self.rejected = pd.concat([self.rejected, rejected], ignore_index=True)
        if len(rejected):
            self.log.warning("%d rejected: see the attribute rejected", len(rejected))

    def _split(self, stage: contracts.Stage, rules: Rules, frame: pd.DataFrame, **options: Any) -> pd.DataFrame:
        good, rejected = stage.split(rules, frame, **options)
        self._reject(rejected)
        return good


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
        order = [row["feature"] for row in ordered(self.rules)]
        super().__init__(data, order, output_path, output_file, dropnans, save_raw, "HstCalScrubber", **log_kws)
        self.data = self.df

    def scrub_inputs(self) -> Any:
        """Return the features as an array: one row's alone, or one row a data set; ``df`` has them by name."""
        answer = hst_cal.run(self.data, rules=self.rules)
        self._reject(answer.rejected)
        self.df = answer.features
        if answer.features.empty and len(answer.rejected):
            raise contracts.ContractError(f"{answer.rejected.iloc[0].tolist()}", answer.rejected)
        found = answer.features.to_numpy()
        return found[0] if len(found) == 1 else found

    def image_pixel_scales(self) -> dict[str, dict[str, float]]:
        """Return the pixel scale (arcsec) of each detector of each instrument."""
        told = self.rules["pixel_scales"].rows.astype({"scale": "float64"}).groupby("instrument")
        return {str(name): dict(zip(own["detector"], own["scale"], strict=True)) for name, own in told}


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
        order = [row["feature"] for row in ordered(self.rules)]
        super().__init__(data, order, output_path, output_file, dropnans, save_raw, "HstSvmScrubber", **log_kws)
        self.input_path = input_path
        self.make_pos_list = make_pos_list
        self.crpt = crpt
        self.make_subsamples = make_subsamples
        self.classify: Classify | None = None
        self.new_cols = [row["column"] for row in columns_of(self.rules, "qa") if row["block"] and row["name"]]

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
        if self.save_raw:
            self.save_csv_file(answer.raw, pfx="raw_")
        self.df = answer.features
        self.make_pos_label_list()
        self.find_subsamples()
        self.save_csv_file()
        return self

    def scrub_columns(self) -> None:
        """Name and order the columns, set rows with a missing value aside, tell detector and data set."""
        good, rejected = hst_svm.from_table(self.rules, self.df)
        self._reject(rejected)
        self.df = self._split(hst_svm.mosaics, self.rules, good).set_index("index")

    def scrub_qa_data(self) -> None:
        """Scrub the columns, then read the images and ask for the classes of targets."""
        self.scrub_columns()
        scrape = hst_svm.scraper(self.rules, Path(self.input_path))
        aligned = self._split(hst_svm.alignments, self.rules, self.df.reset_index(), scrape=scrape)
        classify = self.classify or hst_svm.mast.classifier(self.rules, cache=hst_svm.mast.cache_file())
        self.df = self._split(hst_svm.targets, self.rules, aligned, classify=classify).set_index("index")

    def scrub_qa_summary(self, csvfile: str = "single_visit_mosaics*.csv", idx: int = 0) -> pd.DataFrame | None:  # noqa: ARG002
        """Return mosaics told from a summary and its catalogs; None where there is no summary."""
        found = sorted(Path(self.input_path).glob(csvfile))
        if len(found) > 1:
            raise SourceError(f"several summaries, choose one: {', '.join(path.name for path in found)}")
        if not found:
            return None
        good, rejected = from_summary(self.rules, read_table(found[0]).good, Path(self.input_path))
        self._reject(rejected)
        self.df = self._split(hst_svm.mosaics, self.rules, good, form="summary").set_index("index")
        return pd.DataFrame(self.df)

    def make_pos_label_list(self) -> None:
        """Write the names with label 1 to ``pos.txt``, if there are labels and ``make_pos_list``."""
        if self.make_pos_list and "label" in self.df:
            write.lines(hst_svm.positives(self.df), self._beside("pos.txt"))

    def add_crpt_labels(self) -> pd.DataFrame | None:
        """Return the frame with label 1 on every row, if ``crpt``."""
        if not self.crpt:
            return None
        self.df = self.df.assign(label=1)
        return pd.DataFrame(self.df)

    def find_subsamples(self) -> None:
        """Write one aligned data set for each detector and category to ``subset.txt``, if ``make_subsamples``."""
        if self.make_subsamples:
            write.lines(hst_svm.subset(self.df), self._beside("subset.txt"))


class JwstCalScrubber(Scrubber):
    """JWST calibration: shells over ``scrub.jwst``; reads, groups and measures when it is made."""

    def __init__(
        self,
        input_path: str | Path | None,
        data: pd.DataFrame | None = None,
        pfx: str = "",
        sfx: str = "_uncal.fits",
        dropnans: bool = False,
        save_raw: bool = True,
        encoding_pairs: Mapping[str, Mapping[str, int]] | None = None,
        mode: str = "fits",
        **log_kws: Any,
    ) -> None:
        self.rules = _paired(jwst.read_rules(), encoding_pairs)
        self.xcols = [row["feature"] for row in ordered(self.rules)]
        super().__init__(data, self.xcols, None, None, dropnans, save_raw, "JwstCalScrubber", **log_kws)
        self.input_path = input_path
        self.pfx = pfx
        self.sfx = sfx
        self.mode = mode
        self.encoding_pairs = encoding_pairs
        self.scrape_inputs()
        self.get_level3_products()
        self.pixel_offsets()

    def scrape_inputs(self) -> dict[str, dict[str, Any]]:
        """Return the keywords of each exposure, read from the files or (mode ``df``) from ``data``."""
        source = self.df if self.mode == "df" else self.input_path
        if source is None:
            raise SourceError("no data" if self.mode == "df" else "no input_path")
        read = jwst.load(self.rules, source, prefix=self.pfx, suffix=self.sfx)
        self._reject(read.rejected)
        self._exposures = self._split(jwst.exposures, self.rules, read.headers)
        self.fpaths = [str(Path(str(self.input_path)) / name) for name in read.headers["file"] if name]
        self.exp_headers: dict[str, dict[str, Any]] = _keyed(self._exposures, "exposure")
        return self.exp_headers

    def get_level3_products(self) -> None:
        """Tell the products of the exposures: ``img_products``, ``spec_products`` and so on."""
        self._members = self._split(jwst.group, self.rules, self._exposures)
        of = {name: _grouped(self._members, group, self.exp_headers) for name, group in _GROUPS.items()}
        self.img_products, self.spec_products = of["IMAGE"], of["SPEC"]
        self.tac_products, self.fgs_products = of["TAC"], of["FGS"]

    def pixel_offsets(self) -> None:
        """Measure the products: ``imgpix``, ``specpix``, ``tacpix``, ``fgspix``, and ``products``, all of them."""
        self._products = self._split(jwst.products, self.rules, self._members)
        of = {
            name: _keyed(self._products[self._products["group"] == group], "product_id")
            for name, group in _GROUPS.items()
        }
        self.imgpix, self.specpix, self.tacpix, self.fgspix = of["IMAGE"], of["SPEC"], of["TAC"], of["FGS"]
        self.products = {**self.imgpix, **self.specpix, **self.tacpix, **self.fgspix}

    @property
    def expdata(self) -> dict[str, _Products]:
        """The exposures of each product, by group."""
        return {
            "IMAGE": self.img_products, "SPEC": self.spec_products, "TAC": self.tac_products, "FGS": self.fgs_products
        }  # fmt: skip

    @property
    def input_data(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The measured products, by group."""
        return {"IMAGE": self.imgpix, "SPEC": self.specpix, "TAC": self.tacpix, "FGS": self.fgspix}

    def fake_target_ids(self) -> dict[str, str]:
        """Return the label of the target of each exposure that makes a product."""
        told = self._members.dropna(subset="product").set_index("exposure")["product"]
        return {str(key): str(label) for key, label in told.str.split("_").str[1].items()}

    def verify_target_groups(self) -> dict[str, _Products]:
        """Return the exposures of each product, by group: a target at several positions has several already."""
        return self.expdata

    def make_image_product_name(self, k: str, v: Mapping[str, Any], tnum: str) -> str | None:
        """Add an exposure to its product, whose target is called ``tnum``; return the name of the product."""
        return self._add(k, v, tnum)

    def make_spec_product_name(self, k: str, v: Mapping[str, Any], tnum: str) -> str | None:
        """Add an exposure to its product, whose target is called ``tnum``; return the name of the product."""
        return self._add(k, v, tnum)

    def make_tac_product_name(self, k: str, v: Mapping[str, Any], p: str) -> str | None:
        """Add an exposure to its product, of the target that the name ``p`` has; return the name of the product."""
        return self._add(k, v, p.split("_")[1])

    def _add(self, k: str, v: Mapping[str, Any], tnum: str) -> str | None:
        headers = jwst.from_table(self.rules, pd.DataFrame([{**v, "exposure": k}])).good
        row = jwst.group(self.rules, jwst.exposures(self.rules, headers)).iloc[0]
        if pd.isna(row["product"]):
            return None
        program, label, rest = str(row["product"]).split("_", 2)
        name = "_".join([program, tnum if label.startswith("t") else label, rest])
        group = next(key for key, group in _GROUPS.items() if group == row["group"])
        self.expdata[group].setdefault(name, {})[k] = dict(v)
        return name

    def get_dtype_keys(self) -> dict[str, list[str]]:
        """Return the features of each kind: continuous, boolean, categorical."""
        rows = ordered(self.rules)
        return {name: [row["feature"] for row in rows if row["kind"] == kind] for name, kind in _KINDS.items()}

    def scrub_inputs(self, exp_type: str = "IMAGE") -> pd.DataFrame | None:
        """Return the encoded features of one group of products; None where there is no product."""
        if not self.input_data[exp_type]:
            return None
        own = self._products[self._products["group"] == _GROUPS[exp_type]]
        encoded = self._split(jwst.features, self.rules, own.reset_index(drop=True))
        self.df = jwst.by_group(self.rules, encoded)[_GROUPS[exp_type]]
        return pd.DataFrame(self.df)


def _keyed(frame: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    with warnings.catch_warnings(action="ignore"):
        told: dict[Any, Any] = frame.drop_duplicates(key).set_index(key).to_dict("index")
    return {str(name): row for name, row in told.items()}


def _grouped(members: pd.DataFrame, group: str, headers: Mapping[str, dict[str, Any]]) -> _Products:
    own = members[members["group"] == group].groupby("product_id")["exposure"]
    return {str(name): {exposure: headers[exposure] for exposure in exposures} for name, exposures in own}


def _paired(rules: Rules, pairs: Mapping[str, Mapping[str, int]] | None) -> Rules:
    """Return the rules with the codes of some features as they are given."""
    if not pairs:
        return rules
    table = rules["encodings"]
    given = [[name, word, str(code), "encoding_pairs"] for name, own in pairs.items() for word, code in own.items()]
    rows = pd.DataFrame(given, columns=["column", "value", "code", "rule"], dtype="str")
    kept = table.rows[~table.rows["column"].isin(list(pairs))]
    return replace(rules, tables={**rules.tables, "encodings": table._replace(rows=pd.concat([kept, rows]))})
