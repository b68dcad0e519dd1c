"""`python -m edge render --placement FILE [--output FILE]`: for programs that may not import this package."""

import argparse
import sys
from pathlib import Path

from edge.placement import Placement, PlacementError
from edge.render import render


def main() -> None:
    """Write the configuration to a file or the standard output."""
    parser = argparse.ArgumentParser(prog="python -m edge")
    parser.add_argument("command", choices=["render"])
    parser.add_argument("--placement", type=Path, required=True)
    parser.add_argument("--output", type=Path)
    arguments = parser.parse_args()
    try:
        configuration = render(Placement.read(arguments.placement))
    except PlacementError as error:
        sys.exit(f"edge: {error}")
    if arguments.output:
        arguments.output.write_text(configuration)
    else:
        sys.stdout.write(configuration)


if __name__ == "__main__":
    main()
