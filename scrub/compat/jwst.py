"""The older class for JWST: calibration."""

import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from scrub import jwst
from scrub.compat.base import Scrubber
from scrub.files.table_files import SourceError
from scrub.frames.cells import TEXT
from scrub.pipeline.features import order_features
from scrub.tables import Rules

_GROUPS = {"IMAGE": "image", "SPEC": "spec", "TAC": "tac", "FGS": "fgs"}
_KINDS = {"continuous": "continuous", "boolean": "boolean", "categorical": "category"}
_Products = dict[str, dict[str, dict[str, Any]]]


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
        self.rules = _replace_codes(jwst.read_rules(), encoding_pairs)
        self.xcols = [row["feature"] for row in order_features(self.rules)]
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
        self.exp_headers: dict[str, dict[str, Any]] = _key_rows(self._exposures, "exposure")
        return self.exp_headers

    def get_level3_products(self) -> None:
        """Group the exposures into products: ``img_products``, ``spec_products`` and so on."""
        self._members = self._split(jwst.group, self.rules, self._exposures)
        of = {name: _group_rows(self._members, group, self.exp_headers) for name, group in _GROUPS.items()}
        self.img_products, self.spec_products = of["IMAGE"], of["SPEC"]
        self.tac_products, self.fgs_products = of["TAC"], of["FGS"]

    def pixel_offsets(self) -> None:
        """Measure the products: ``imgpix``, ``specpix``, ``tacpix``, ``fgspix``, and ``products``, all of them."""
        self._products = self._split(jwst.products, self.rules, self._members)
        of = {
            name: _key_rows(self._products[self._products["group"] == group], "product_id")
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

    def make_tac_product_name(self, k: str, v: Mapping[str, Any], p: str) -> str | None:
        """Add an exposure to its product, of the target that the name ``p`` has; return the name of the product.

        Args:
            k: the name of the exposure.
            v: its keywords.
            p: the name of a product of the same target.
        """
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
        self.df = jwst.by_group(self.rules, encoded)[_GROUPS[exp_type]]
        return pd.DataFrame(self.df)


def _key_rows(frame: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    with warnings.catch_warnings(action="ignore"):
        rows: dict[Any, Any] = frame.drop_duplicates(key).set_index(key).to_dict("index")
    return {str(name): row for name, row in rows.items()}


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
    return replace(rules, tables={**rules.tables, "encodings": table._replace(rows=pd.concat([kept, rows]))})
