"""Start the command line, or say what has to be installed for it."""

from __future__ import annotations

import sys


def main() -> None:
    """Run `brokerspec`."""
    try:
        from brokerspec.cli import main as run

        run()
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] == "brokerspec":
            raise
        sys.stderr.write(f"error: {error.name} is not installed\n")
        sys.stderr.write('  hint: pip install "brokerspec[generator,sandbox]"\n')
        sys.exit(2)


if __name__ == "__main__":
    main()
