"""A script as it was written for the older toolkit: features, labels and lists of single-visit mosaics."""

import os

import pandas as pd

from scrub.compat import HstSvmScrubber

data = pd.read_csv("qa.csv", index_col="index")
scrubber = HstSvmScrubber(
    "visits",
    data=data,
    output_path="out",
    output_file="scrubbed",
    crpt=0,
    make_pos_list=True,
    make_subsamples=True,
    console_log_level="warning",
)
scrubber.preprocess_data()
assert list(scrubber.df.columns) == scrubber.col_order + ["label"]
assert os.path.exists(scrubber.data_path)
assert os.path.exists(os.path.join("out", "raw_" + os.path.basename(scrubber.data_path)))
df = scrubber.df
