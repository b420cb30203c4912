"""Which of scikit-learn's own checks the two transformers pass, and which do not apply, with the reason of each.

``python -m tests.sklearn.checks`` prints the list. ``docs/for-models.md`` has those that do not apply.
"""

import warnings
from collections.abc import Iterator

from sklearn.utils import estimator_checks

from tests.sklearn.numbered import NumberedEncoder, NumberedTransformer

ESTIMATORS = {"CodeEncoder": NumberedEncoder(), "ScrubTransformer": NumberedTransformer(group="image")}
MORE = [
    "check_transformer_get_feature_names_out",
    "check_transformer_get_feature_names_out_pandas",
    "check_set_output_transform",
    "check_set_output_transform_pandas",
    "check_global_output_transform_pandas",
    "check_get_feature_names_out_error",
    "check_dataframe_column_names_consistency",
    "check_inplace_ensure_writeable",
]  # that check_estimator leaves out
BY_NAME = "columns are taken by name: further columns, and another order, do not count"
OF_FRAME = "the columns are those of the frame of exposures, not the numbers of the check"
OF_PRODUCTS = "a row of the output is a product, and its index has the names of products, not the index of the input"
OF_NUMBERS = "arrays of other libraries hold numbers; words and exposures are none"
NOT_APPLICABLE = {
    "CodeEncoder": {"check_array_api_input": OF_NUMBERS},
    "ScrubTransformer": {
        "check_array_api_input": OF_NUMBERS,
        "check_transformer_general": BY_NAME,
        "check_n_features_in": OF_FRAME,
        "check_n_features_in_after_fitting": OF_FRAME,
        "check_transformer_get_feature_names_out": OF_FRAME,
        "check_transformer_get_feature_names_out_pandas": OF_FRAME,
        "check_dataframe_column_names_consistency": OF_FRAME,
        "check_set_output_transform_pandas": OF_PRODUCTS,
        "check_global_output_transform_pandas": OF_PRODUCTS,
    },
}


def run_more(name: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each further check, and what became of it: ``passed``, or the failure."""
    for check in MORE:
        try:
            with warnings.catch_warnings(action="ignore", category=UserWarning):
                getattr(estimator_checks, check)(name, ESTIMATORS[name])
        except (AssertionError, ValueError) as error:
            yield check, f"failed: {type(error).__name__}"
        else:
            yield check, "passed"


def run_checks(name: str) -> Iterator[tuple[str, str]]:
    """Yield the name of each check of ``check_estimator``, and what became of it: passed, failed, skipped."""
    for result in estimator_checks.check_estimator(ESTIMATORS[name], on_skip=None, on_fail=None):
        why = result["exception"]
        yield result["check_name"], result["status"] if result["status"] != "skipped" else f"skipped: {why}"


def main() -> None:
    """Print what became of each check, and why those that fail do not apply."""
    for name in ESTIMATORS:
        results = [*run_checks(name), *run_more(name)]
        passed = [check for check, end in results if end == "passed"]
        print(f"{name}: {len(passed)} of {len(results)} checks pass: {', '.join(dict.fromkeys(passed))}")
        for check, end in dict(result for result in results if result[1] != "passed").items():
            print(f"  {check}: {NOT_APPLICABLE[name].get(check, end)}")


if __name__ == "__main__":
    main()
