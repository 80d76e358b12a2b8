"""What one sender may ask of the door: sizes in bytes, times in seconds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """body, head: of one request; head_time: until its headers are there, from its
    first byte; whole_time: until it is answered; linger: for reading on after a
    refusal, so that the sender can read it; idle: between two requests.

    connections: at once; waiting, held: deliveries, and their bytes, that wait to be
    kept.
    """

    body: int = 1 << 20
    head: int = 32 << 10
    head_time: float = 10.0
    whole_time: float = 30.0
    linger: float = 2.0
    idle: int = 30
    connections: int = 1024
    waiting: int = 512
    held: int = 24 << 20
