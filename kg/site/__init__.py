"""The site: a page and data for every thing, statement, source and term, for any file host or for a server.

`pages.Site` knows all its files by their paths and makes each when it is asked for.
"""

__all__: list[str] = []
