"""The command, for ``python -m sklearn_har``."""

import sys

from ._cli import main

if __name__ == "__main__":
    sys.exit(main())
