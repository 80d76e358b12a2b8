"""How exports of platforms are recognised and read: see `layout` and `export`."""
