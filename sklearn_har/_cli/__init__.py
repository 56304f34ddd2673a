"""The command ``sklearn-har``: files in, files out, with everything done by the library.

What is imported here is small, so that ``--help`` answers at once; the rest comes when it is used.
"""

import os
import sys

from ._arguments import parsed
from ._messages import INTERRUPTED

NOBODY_READS = 141  # likewise for a pipe that was closed, as by head


def main(argv=None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : list of str, default=None
        Its arguments; None takes those of the process.

    Returns
    -------
    int
        The exit status: 0 if all is well, 1 if some files failed, 2 if nothing could be done, 130 after an
        interrupt.
    """
    options = parsed(argv)
    try:
        return options.run(options)
    except KeyboardInterrupt:
        print("sklearn-har: Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Python flushes stdout once more at its end, which must not fail again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS
