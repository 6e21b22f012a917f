"""A knowledge graph of AI governance in which every statement opens the exact words that say it."""

__all__: list[str] = []
