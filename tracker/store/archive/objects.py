"""Stores of objects that speak S3, by fsspec; needs the extra `s3`.

Who we are and where the store is comes from the environment, as for every tool of
AWS: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE,
AWS_REGION, and AWS_ENDPOINT_URL for stores elsewhere.
"""

from __future__ import annotations

import os
from typing import Any

from tracker.errors import ConfigError

#: Seconds until a silent store counts as unreachable, and tries before that.
LIMITS = {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 4}}


def filesystem(address: str) -> Any:
    """s3fs, which keeps no listing in mind: others write here too."""
    try:
        import s3fs
    except ImportError:
        raise ConfigError(
            "ARCHIVE_S3",
            f"archive {address}",
            "the package s3fs is not installed",
            "Nothing was done",
            'Run: pip install "ambassador-tracker[s3]"',
        ) from None
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get(
        "AWS_ENDPOINT_URL"
    )
    return s3fs.S3FileSystem(
        endpoint_url=endpoint,
        use_listings_cache=False,
        skip_instance_cache=True,
        config_kwargs=LIMITS,
    )
