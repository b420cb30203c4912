"""``python -m scrub.cli``: the command ``skyscrub``."""

import sys

from scrub.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
