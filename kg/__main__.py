"""`python -m kg` is the command `kg`."""

from kg.cli import run

__all__: list[str] = []

run()
