"""Start the command line, or say what has to be installed for it."""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run `brokerspec`."""
    # A run loads many objects and few of them ever go, so looking for cycles took a tenth of it.
    # What runs until it is stopped looks for them again.
    gc.disable()
    try:
        from brokerspec.cli import main as run

        run()
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] == "brokerspec":
            raise
        sys.stderr.write(f"error: {error.name} is not installed\n")
        sys.stderr.write('  hint: pip install "brokerspec[generator,sandbox]"\n')
        sys.exit(2)
    finally:
        # All goes with the process: its end need not look for cycles either.
        gc.freeze()


if __name__ == "__main__":
    main()
