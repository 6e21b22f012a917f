"""The door to `kg build`: takes the same options."""

import sys

from kg.cli import main

if __name__ == "__main__":
    main(["build", *sys.argv[1:]])
