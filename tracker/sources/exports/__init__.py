"""Exports of platforms, a module each: what its tables look like, as declarations."""
