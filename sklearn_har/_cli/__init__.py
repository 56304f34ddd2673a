"""The command ``sklearn-har``: files in, files out, with everything done by the library.

What is imported here is small, so that ``--help`` answers at once; the rest comes when it is used.
"""

import io
import sys

from ._arguments import parsed
from ._messages import INTERRUPTED, NOBODY_READS, NOTHING_DONE, reason_of, say


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
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names may have letters that its encoding has not
    try:
        return options.run(options)
    except KeyboardInterrupt:
        print("sklearn-har: Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        return NOBODY_READS
    except (OSError, UnicodeError) as error:
        say(f"The output cannot be written: {reason_of(error)}")
        return NOTHING_DONE
