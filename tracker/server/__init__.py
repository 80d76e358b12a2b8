"""The HTTP door: deliveries, handshakes, health and figures for machines.

Raw ASGI on uvicorn. `wire` reads requests and holds the limits, `app` finds what is
asked for, `hooks` takes deliveries, `writer` keeps many of them with one sync, and
`door` opens and closes all of it. No handshake and no refusal touches the database.
"""
