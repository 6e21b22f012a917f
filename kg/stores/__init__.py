"""Triplestores of others: the graph loaded into them, compared with them, and asked of them."""

__all__: list[str] = []
