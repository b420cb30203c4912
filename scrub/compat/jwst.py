"""The older class for JWST: calibration."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
from toolz import groupby

from scrub import jwst
from scrub.compat.base import Scrubber
from scrub.contracts.parse import ContractError
from scrub.files.table_files import SourceError
from scrub.frames.cells import TEXT
from scrub.pipeline.features import order_features
from scrub.tables import Rules
from scrub.tables.rows import read_frame

_GROUPS = {"IMAGE": "image", "SPEC": "spec", "TAC": "tac", "FGS": "fgs"}
_MISSING = "NONE"
_EDITION = "3"  # what packaged models saw
_MEASURES = "fx_ra"  # the first of them: all stand behind the keywords
_KINDS = {"continuous": "continuous", "boolean": "boolean", "categorical": "category"}
_Products = dict[str, dict[str, dict[str, Any]]]


class JwstCalScrubber(Scrubber):
    """JWST calibration: shells over ``scrub.jwst``; reads, groups and measures when it is made.

    ``edition`` is that of the rules: 3 answers as spacekit 1.1.4 does, 2 as 1.1.3, 1 as 1.1.2 is documented.
    """

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
        edition: str | int = _EDITION,
        **log_kws: Any,
    ) -> None:
        self.rules = _replace_codes(jwst.read_rules(edition=edition), encoding_pairs)
        self.xcols = [row["feature"] for row in order_features(self.rules)]
        super().__init__(data, self.xcols, None, None, dropnans, save_raw, "JwstCalScrubber", **log_kws)
        self._keywords = [row["keyword"] for row in self.rules["keywords"].records() if row["hdu"] != "TABLE"]
        self.input_path = None if input_path is None else Path(input_path).expanduser()
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
        self._made = self._exposures.iloc[:0]
        self.exp_headers: dict[str, dict[str, Any]] = self._key_rows(self._exposures, "exposure")
        return self.exp_headers

    def get_level3_products(self) -> None:
        """Group the exposures into products: ``img_products``, ``spec_products`` and so on."""
        self._members = self._split(jwst.group, self.rules, self._exposures)
        of = {name: _group_rows(self._members, group, self.exp_headers) for name, group in _GROUPS.items()}
        self.img_products, self.spec_products = of["IMAGE"], of["SPEC"]
        self.tac_products, self.fgs_products = of["TAC"], of["FGS"]

    def pixel_offsets(self) -> None:
        """Measure the products: ``imgpix``, ``specpix``, ``tacpix``, ``fgspix``, and ``products``, all of them.

        Products that were made by hand are among them, with the exposures that have a position.
        """
        rows = pd.concat([self._members, self._made], ignore_index=True)
        held = {(product, name) for own in self.expdata.values() for product, names in own.items() for name in names}
        is_held = [pair in held for pair in zip(rows["product_id"], rows["exposure"], strict=True)]
        self._products = self._split(jwst.products, self.rules, rows[is_held].reset_index(drop=True))
        of = {
            name: self._key_rows(own, "product_id", measures=name != "FGS")
            for name, group in _GROUPS.items()
            for own in [self._products[self._products["group"] == group]]
        }
        self.imgpix, self.specpix, self.tacpix, self.fgspix = of["IMAGE"], of["SPEC"], of["TAC"], of["FGS"]
        self.products = {**self.imgpix, **self.specpix, **self.tacpix, **self.fgspix}

    def _key_rows(self, frame: pd.DataFrame, key: str, measures: bool = False) -> dict[str, dict[str, Any]]:
        """Return the keywords of each row, and its measures, by its name; missing words are NONE."""
        keep = [*self._keywords, *(frame.columns[frame.columns.get_loc(_MEASURES) :] if measures else ())]
        rows = frame.drop_duplicates(key).set_index(key)[keep]
        words = rows.columns.difference(list(rows.select_dtypes("float")))
        filled = rows.astype(dict.fromkeys(words, object)).fillna(dict.fromkeys(words, _MISSING))
        records: dict[Any, Any] = filled.to_dict("index")
        return {str(name): row for name, row in records.items()}

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
        products = self._members.dropna(subset="product").set_index("exposure")["product"]
        return {str(key): str(label) for key, label in products.str.split("_").str[1].items()}

    def verify_target_groups(self) -> dict[str, _Products]:
        """Return the exposures of each product, by group: a target at several positions has several already."""
        return self.expdata

    def make_image_product_name(self, k: str, v: Mapping[str, Any], tnum: str) -> str | None:
        """Add an exposure to its product, whose target is called ``tnum``; return the name of the product.

        Args:
            k: the name of the exposure.
            v: its keywords.
            tnum: the label of its target.
        """
        return self._add(k, v, tnum)

    def make_spec_product_name(self, k: str, v: Mapping[str, Any], tnum: str) -> str | None:
        """Add an exposure to its product, whose target is called ``tnum``; return the name of the product.

        Args:
            k: the name of the exposure.
            v: its keywords.
            tnum: the label of its target.
        """
        return self._add(k, v, tnum)

    def make_tac_product_name(self, k: str, v: Mapping[str, Any], p: str) -> str:
        """Add an exposure to the time-series, AMI or coronagraphy product ``p``; return the name of the product.

        Args:
            k: the name of the exposure.
            v: its keywords.
            p: the name of the product; coronagraphs get the last part that their names have.
        """
        row = self._place(k, v)
        literals = [f"-{part['text']}" for part in self.rules["name_parts"].records() if part["text"]]
        end = next((end for end in literals if not pd.isna(row["product"]) and row["product"].endswith(end)), "")
        return self._keep(row, v, p if p.endswith(end) else p + end, "TAC")

    def _add(self, k: str, v: Mapping[str, Any], tnum: str) -> str | None:
        row = self._place(k, v)
        if pd.isna(row["product"]):
            return None
        program, label, rest = str(row["product"]).split("_", 2)
        name = "_".join([program, tnum if label.startswith("t") else label, rest])
        return self._keep(row, v, name, next(key for key, group in _GROUPS.items() if group == row["group"]))

    def _place(self, k: str, v: Mapping[str, Any]) -> pd.Series:
        """Return an exposure as a row with its product; keywords that it lacks are missing.

        Raises:
            ContractError: the keywords name no product, or are none.
        """
        angles = {row["keyword"]: 0.0 for row in self.rules["keywords"].records() if row["kind"] in ("ra", "dec")}
        nowhere = {} if angles.keys() & v.keys() else angles  # a name needs no position
        keywords = {**dict.fromkeys(self._keywords, ""), **nowhere, **v, "exposure": k}
        headers, rejected = jwst.from_table(self.rules, pd.DataFrame([keywords]))
        if len(rejected):
            raise ContractError(f"{k}: {rejected['reason'].iloc[0]}", rejected)
        row = jwst.group(self.rules, jwst.exposures(self.rules, headers)).iloc[0]
        return row.drop(list(nowhere)) if nowhere else row

    def _keep(self, row: pd.Series, v: Mapping[str, Any], name: str, group: str) -> str:
        """Add an exposure to a product; it is measured by ``pixel_offsets`` if it has a position."""
        self.expdata[group].setdefault(name, {})[row["exposure"]] = dict(v)
        if "CRVAL1" in row:
            own = pd.DataFrame([{**row, "product": name, "product_id": name, "group": _GROUPS[group]}])
            self._made = pd.concat([self._made, own.astype(self._members.dtypes)], ignore_index=True)
        else:
            self.log.warning("%s has no position: it is in %s, but not measured", row["exposure"], name)
        return name

    @property
    def xcol_order(self) -> list[str]:
        """The features in their order."""
        return [row["feature"] for row in order_features(self.rules)]

    @property
    def level3_types(self) -> list[str]:
        """The exposure types that make Level-3 products."""
        return self._list_types(lambda rows: any(row["group"] != "none" for row in rows))

    @property
    def tso_ami_coron(self) -> list[str]:
        """The exposure types whose products are time-series, AMI or coronagraphy, whatever TSOVISIT says."""
        return self._list_types(lambda rows: all(row["group"] == "tac" and row["tsovisit"] == "*" for row in rows))

    @property
    def source_based(self) -> list[str]:
        """The exposure types whose products are named by a source."""
        return self._list_types(lambda rows: any(row["target"] == "source" for row in rows))

    def _list_types(self, is_wanted: Callable[[list[dict[str, str]]], bool]) -> list[str]:
        by_type = groupby("exp_type", self.rules["exposure_types"].records())
        return [name for name, rows in by_type.items() if is_wanted(rows)]

    def get_dtype_keys(self) -> dict[str, list[str]]:
        """Return the features of each kind: continuous, boolean, categorical."""
        rows = order_features(self.rules)
        return {name: [row["feature"] for row in rows if row["kind"] == kind] for name, kind in _KINDS.items()}

    def scrub_inputs(self, exp_type: str = "IMAGE") -> pd.DataFrame | None:
        """Return the encoded features of one group of products; None where there is no product.

        Args:
            exp_type: IMAGE, SPEC, TAC or FGS.

        Raises:
            ValueError: no such group.
        """
        if exp_type not in self.input_data:
            raise ValueError(f"no group {exp_type!r}: there are {', '.join(self.input_data)}")
        if not self.input_data[exp_type]:
            return None
        own = self._products[self._products["group"] == _GROUPS[exp_type]]
        encoded = self._split(jwst.features, self.rules, own.reset_index(drop=True))
        features = jwst.by_group(self.rules, encoded)[_GROUPS[exp_type]].rename_axis(None)
        self.df = features.astype({"nexposur": "int64"})
        return pd.DataFrame(self.df)


def _group_rows(members: pd.DataFrame, group: str, headers: Mapping[str, dict[str, Any]]) -> _Products:
    own = members[members["group"] == group].groupby("product_id")["exposure"]
    return {str(name): {exposure: headers[exposure] for exposure in exposures} for name, exposures in own}


def _replace_codes(rules: Rules, pairs: Mapping[str, Mapping[str, int]] | None) -> Rules:
    """Return the rules with the codes of some features as they are given."""
    if not pairs:
        return rules
    table = rules["encodings"]
    given = [[name, word, str(code), "encoding_pairs"] for name, own in pairs.items() for word, code in own.items()]
    rows = pd.DataFrame(given, columns=["column", "value", "code", "rule"], dtype=TEXT)
    kept = table.rows[~table.rows["column"].isin(list(pairs))]
    return replace(
        rules,
        tables={**rules.tables, "encodings": table._replace(cells=read_frame(pd.concat([kept, rows]).fillna("")))},
    )
