"""A script as it was written for the older toolkit: features of one calibration data set."""

from scrub.compat import HstCalScrubber

data = {
    "j8zs05020": {
        "DRIZCORR": "PERFORM", "PCTECORR": "PERFORM", "DETECTOR": "WFC", "SUBARRAY": "False", "CRSPLIT": "2",
        "n_files": 61, "total_mb": "1237.4",
    }
}  # fmt: skip
scrubber = HstCalScrubber(data=data, console_log_level="info", logfile=False)
inputs = scrubber.scrub_inputs()
print(inputs)
