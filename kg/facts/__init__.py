"""A project's data: YAML -> frozen values with file and line. See `kg/data/FORMAT.md`."""

from kg.facts.load import load
from kg.facts.model import About, Conflict, Coverage, Entity, Fact, Gap, Introduction, Project, Source, Span, Where

__all__ = [
    "About", "Conflict", "Coverage", "Entity", "Fact", "Gap", "Introduction", "Project", "Source", "Span", "Where",
    "load",
]  # fmt: skip
