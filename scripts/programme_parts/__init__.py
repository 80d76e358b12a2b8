"""How the three smaller programmes are made up; see scripts/programmes.py."""
