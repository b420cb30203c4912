"""A script as it was written for the older toolkit: the features of each group of Level-3 products."""

from scrub.compat import JwstCalScrubber

scrubber = JwstCalScrubber("exposures", pfx="jw", sfx="_uncal.fits", encoding_pairs=None, mode="fits")
products, frames = {}, {}
for exp_type in ["IMAGE", "SPEC", "TAC", "FGS"]:
    inputs = scrubber.scrub_inputs(exp_type=exp_type)
    if inputs is not None:
        frames[exp_type] = inputs
        products.update(scrubber.input_data[exp_type])
print(len(scrubber.fpaths), "exposures", len(products), "products")
