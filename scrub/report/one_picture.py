"""The picture of one product of a run."""

from pathlib import Path

from scrub.files.table_files import SourceError
from scrub.pipeline.reasons import NoSuchNameError
from scrub.report.kept import hold_tables
from scrub.report.pictures import Picture, draw_products
from scrub.report.saved_run import know_rules, read_run


def draw(folder: Path, product: str, *, rules: str | None = None, edition: str | None = None) -> Picture:
    """Return the picture of a product of the run in a folder.

    Args:
        folder: what ``--out`` named.
        product: its ``product_id``.
        rules: a rule set or a folder, in place of that of the run.
        edition: of it, in place of that of the run.

    Raises:
        SourceError: no run is there, or its rules, tables or telescope allow no picture, or the product has no footprint.
        NoSuchNameError: the run has no such product.
    """  # noqa: E501
    run = read_run(folder)
    known = know_rules(run, rules, edition)
    if known.pipeline.saved.find_footprints is None:
        raise SourceError(f"{folder}: a run of {run.rules} has no footprints")
    if known.differences:
        raise SourceError(f"{folder}: made by other rules: {'; '.join(known.differences)}: name them by --rules")
    results = {result.table: result for result in hold_tables(run, known)}
    for table in ("exposures", "products"):
        if table not in results or results[table].broken:
            raise SourceError(f"{folder}: {table} is gone, or breaks its contract: see skyscrub report {folder}")
    if product not in set(results["products"].typed["product_id"]):
        raise NoSuchNameError(f"{product}: no product of {folder} has this name: see its products table")
    pictures = draw_products(known, results["exposures"].typed, results["products"].typed, [product])
    if product not in pictures:
        raise SourceError(f"{product}: no footprint: no exposure has an S_REGION, and its group is not measured")
    return pictures[product]
