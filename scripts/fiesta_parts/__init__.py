"""How the Fiesta programme is made up; see scripts/fiesta.py."""
