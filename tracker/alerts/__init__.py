"""Tells people what they asked to be told, once: alerts and digests.

`matches` finds what to tell, `outbox` (in the store) remembers what was told,
`delivery` sends, `sending` puts them in order, `watchman` is what the daemon runs.
"""
