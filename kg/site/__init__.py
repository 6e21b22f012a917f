"""The site: a page and data for every thing, statement, source and term, for any file host or for a server.

`Site` knows all its files by their paths and makes each when it is asked for.
"""

from kg.site.check import problems
from kg.site.pages import Gone, Site

__all__ = ["Gone", "Site", "problems"]
