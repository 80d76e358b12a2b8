"""Ambassador Tracker: follows an ambassador programme from plan to result."""

#: The version is a constant: asking the installed metadata costs 40 ms at start.
__version__ = "0.1.0"
