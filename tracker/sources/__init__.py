"""Sources: where readings come from. See base.py for the contract."""
