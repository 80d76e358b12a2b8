"""A local server that speaks the protocols of the platforms' APIs.

For the demonstration, the tests and whoever wants to try a source without a key.
Paths, parameters, limits, headers and errors are those of the platforms' public
descriptions; the answers come from a folder of CSV files. It is written without
looking at the connectors, and they do not know that it is there.

| module | what it does |
|---|---|
| `talk` | what is asked and answered, and what a platform is made of |
| `data` | the programme: posts and accounts, and how they stood at an instant |
| `pages` | cutting lists into pages, taking field masks apart |
| `limits` | how often a platform may be asked |
| `faults` | what goes wrong, and how often |
| `server` | the ASGI application; `Stub`, `run` |
| `youtube`, `graph`, `tiktok`, ... | one platform each: its routes and its errors |
"""
