"""The published toolkit (spacekit) on tables: run by its own interpreter, prints CPU seconds as JSON.

    PYTHON benchmarks/peer.py jwst|svm TABLE.csv|TABLE.parquet

Nothing of skyscrub is imported here. ``seconds`` is from the frame to encoded features, ``process`` of the process.
"""

import json
import logging
import sys
import tempfile
import time

import pandas as pd
from spacekit.preprocessor.encode import HstSvmEncoder
from spacekit.preprocessor.scrub import HstSvmScrubber, JwstCalScrubber
from spacekit.skopes.jwst.cal.config import KEYPAIR_DATA

NUMBERS = ["TARG_RA", "TARG_DEC", "GS_RA", "GS_DEC", "GS_MAG", "RA_REF", "DEC_REF", "CRVAL1", "CRVAL2"]
COUNTS = ["NEXPOSUR", "NUMDTHPT"]
FLAGS = ["BKGDTARG", "IS_IMPRT", "TSOVISIT", "CROWDFLD"]


def read(path: str) -> pd.DataFrame:
    """Return a table as text."""
    if path.endswith(".parquet"):
        return pd.read_parquet(path).astype("object")
    return pd.read_csv(path, dtype="object", keep_default_na=False)


def type_columns(table: pd.DataFrame) -> pd.DataFrame:
    """Return exposures by their name, numbers and flags with the types that headers have."""
    table = table.rename(columns={"exposure": "dname"}).set_index("dname", drop=False)
    for name in (*NUMBERS, *COUNTS):
        table[name] = pd.to_numeric(table[name], errors="coerce")
    for name in FLAGS:
        table[name] = table[name].isin(["T", "True", "1"])
    text = table.columns.difference([*NUMBERS, *COUNTS, *FLAGS])
    table[text] = table[text].replace("", "NONE")
    return table


def jwst(table: pd.DataFrame) -> int:
    """Return how many products exposures make."""
    table = type_columns(table)
    with tempfile.TemporaryDirectory() as folder:
        scrubber = JwstCalScrubber(folder, data=table, mode="df", encoding_pairs=KEYPAIR_DATA, save_raw=False)
        return sum(
            0 if made is None else len(made) for made in map(scrubber.scrub_inputs, ["IMAGE", "SPEC", "TAC", "FGS"])
        )


def svm(table: pd.DataFrame) -> int:
    """Return how many mosaics are encoded; what images and archive say is in the table already."""
    table = table.set_index("index")
    extra = table[["rms_ra", "rms_dec", "nmatches", "wcstype", "category"]]
    with tempfile.TemporaryDirectory() as folder:
        scrubber = HstSvmScrubber(folder, data=table.drop(columns=extra.columns), output_path=folder)
        scrubber.scrub_columns()
        scrubber.df = HstSvmEncoder(scrubber.df.join(extra)).encode_features()
        scrubber.drop_and_set_cols()
        scrubber.save_csv_file()
        return len(scrubber.df)


def main() -> None:
    logging.disable(logging.CRITICAL)
    task, path = {"jwst": jwst, "svm": svm}[sys.argv[1]], sys.argv[2]
    table = read(path)
    start = time.process_time()
    rows = task(table)
    seconds = time.process_time() - start
    print(json.dumps({"rows": rows, "seconds": seconds, "process": time.process_time()}))


if __name__ == "__main__":
    main()
