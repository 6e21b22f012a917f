"""The server: the pages of the site, an API and a SPARQL endpoint that may face a network.

A front (`app`, `guard`, `run`) speaks HTTP and reads no graph; a keeper process (`keeper`) holds one release of the
graph and workers that can be killed (`worker`), which make every answer. A new release is a new keeper.
"""

from kg.server.limits import Limits

__all__ = ["Limits"]
