"""Whole transactions, again: what a server undid through no fault of ours.

A transaction that the server broke off (two in each other's way, a connection that was
lost before it was asked to commit, a server that was started anew) has changed nothing
and may be done again from its beginning. A function that is one transaction says so
with `whole`; everything in it must be fit to be done twice.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from functools import wraps
from typing import ParamSpec, TypeVar

from tracker.errors import StoreError

P = ParamSpec("P")
R = TypeVar("R")

#: At most so long is waited before each further try, in seconds.
PAUSES = (0.05, 0.2, 0.5, 1.0)


def whole(act: Callable[P, R]) -> Callable[P, R]:
    """An act that is one transaction, done again while the server breaks it off.

    Five tries in all; what the last one raises is not tried again by anybody else.
    """

    @wraps(act)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        if any(isinstance(given, Iterator) for given in (*args, *kwargs.values())):
            return act(*args, **kwargs)  # it can be gone through only once
        for pause in PAUSES:
            try:
                return act(*args, **kwargs)
            except StoreError as error:
                if not error.again:
                    raise
            # full jitter: those who were in each other's way must not meet again
            time.sleep(random.uniform(0, pause))  # noqa: S311 no secret
        try:
            return act(*args, **kwargs)
        except StoreError as error:
            error.again = False
            raise

    return done
