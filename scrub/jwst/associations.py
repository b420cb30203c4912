"""Associations: the exposures of each product, those that only serve it included."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from scrub.frames import columns
from scrub.frames.arrays import make_frame, read_frame
from scrub.frames.cells import TEXT, make_text
from scrub.jwst.candidates import OBSERVATIONS
from scrub.jwst.choices import SCIENCE
from scrub.jwst.direct_images import list_catalogs
from scrub.jwst.groups import Grouping, form_groups
from scrub.jwst.joins import Joins, find_joins
from scrub.tables import Rules
from scrub.tables.findings import RuleError

if TYPE_CHECKING:
    from scrub.jwst.answers import Answer

_COLUMNS = {
    "product_id": "product_id", "product": "product", "exposure": "exposure", "exptype": "exptype",
    "program": "PROGRAM", "observation": "OBSERVTN", "exp_type": "EXP_TYPE", "rule": "rule", "asn_type": "asn_type",
    "suffix": "suffix",
}  # fmt: skip


def associations(rules: Rules, answer: "Answer") -> pd.DataFrame:
    """Return the members of each product: its science exposures, and the PSF and background exposures that join it.

    An exposure may join several products, and may be science in one of its own besides. By a rule set without a
    table ``joins``, each product has its science exposures only.

    Args:
        rules: the rule set of the answer.
        answer: what ``jwst.run`` gave.

    Returns:
        product_id, product, exposure, exptype (science, psf or background), program, observation, exp_type, rule,
        asn_type (of the product), suffix (of the exposure's file), and asn_id where candidates beyond observations
        were asked for; a row for each member, by product_id, then exptype (science first), then exposure.

    Raises:
        RuleError: ``association_types`` has no type for a product, or no suffix for a member.

    >>> from scrub import jwst
    >>> rules = jwst.read_rules("jwst_dms")
    >>> members = associations(rules, jwst.run(jwst.example(rules), rules=rules))
    >>> members[["product", "exptype", "asn_type", "suffix"]].drop_duplicates().to_numpy().tolist()
    [['jw01018-o006_t001_niriss_clear-f200w', 'science', 'image3', 'cal']]
    """
    grouping = form_groups(
        rules, read_frame(answer.exposures), candidates=answer.ledger.get("candidates", OBSERVATIONS)
    )
    members, answers = make_frame(grouping.members), grouping.answers
    parts = [members[members["product"].notna()].assign(exptype=SCIENCE, late=False)]
    if "joins" in rules.tables:
        joins = find_joins(rules, grouping.members, answers)
        product = members[["product_id", "product"]].iloc[joins.product_row].reset_index(drop=True)
        joining = members.iloc[joins.row].reset_index(drop=True)
        parts.append(joining.assign(**product, exptype=pd.Series(joins.role, dtype="object"), late=True))
    rows = pd.concat(parts, ignore_index=True)
    rows = _name_files(rules, rows, answers)
    if "catalog_files" in rules.tables:
        rows = _add_catalogs(rules, rows, grouping, joins)
    rows = rows.sort_values(["product_id", "late", "exptype", "exposure"], ignore_index=True)
    asn_id = {"asn_id": rows["candidate"]} if "candidate" in rows else {}
    return pd.DataFrame({**{name: rows[column] for name, column in _COLUMNS.items()}, **asn_id})


def _add_catalogs(rules: Rules, rows: pd.DataFrame, grouping: Grouping, joins: Joins) -> pd.DataFrame:
    """Return rows of members with the files of direct images in place of the images."""
    files = list_catalogs(rules, grouping.members, grouping.answers, joins)
    members = make_frame(grouping.members)
    product = members[["product_id", "product"]].iloc[files["product_row"]].reset_index(drop=True)
    image = members.iloc[files["row"]].reset_index(drop=True)
    own = rows[rows["exptype"] == SCIENCE].drop_duplicates("product_id").set_index("product_id")["asn_type"]
    names = {column: files[column].to_numpy() for column in ("exposure", "exptype", "suffix")}
    image = image.assign(**product, **names, late=True, asn_type=product["product_id"].map(own.to_dict()))
    return pd.concat([rows[~rows["exptype"].isin(image["exptype"])], image], ignore_index=True)


def _name_files(rules: Rules, members: pd.DataFrame, answers: Mapping[str, Any]) -> pd.DataFrame:
    """Return members with the type of their product's association, and the suffix of their own file."""
    table = rules["association_types"]
    case = members["case"].to_numpy()
    facts = pd.DataFrame({c: make_text(answers[c][case]) for c in table.conditions}, index=members.index)
    rows = table.answer(facts)
    suffix = rows[SCIENCE].mask(members["exptype"] == "background", rows["background"])
    own = members.assign(asn_type=rows["asn_type"])[members["exptype"] == SCIENCE]
    types = columns.commonest(own, "product_id", "asn_type", first="exposure")
    asn_type = members["product_id"].map(types.to_dict()).astype(TEXT)
    for number in members.index[(asn_type == "") | (suffix == "")]:
        row, rule = members.loc[number], rows.loc[number, "rule"]
        raise RuleError(f"{rule}: no asn_type or no suffix for {row['EXP_TYPE']}, in {row['product_id']!r}")
    return members.assign(asn_type=asn_type, suffix=suffix)
