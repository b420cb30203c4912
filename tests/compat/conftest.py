"""The scripts are run by test_compat.py: nothing to collect."""

collect_ignore_glob = ["scripts/*"]
