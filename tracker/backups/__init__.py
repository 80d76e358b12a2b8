"""Backups of a workspace.

A backup is a folder named by its instant in UTC. It is made under another name, looked
through, synced and then renamed, so what has the name of a backup is whole. It holds
the database, tracker.toml, the audit and a manifest of all of it, but no secret:
tracker.toml refers to those, and a password within a URL is left out.

Beside the backups lies the list of everybody who was erased, by keyed hashes: a restore
without the database that knew them still keeps them out.
"""
