"""How senders sign deliveries and what their bodies mean; one file a sender.

Each module has one `SCHEME` (see base.py) and no knowledge of another.
"""
