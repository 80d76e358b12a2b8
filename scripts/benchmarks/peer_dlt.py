"""dlt's merge of one CSV file: python peer_dlt.py FILE URL (in the peers' Python)."""

import os
import sys
import tempfile

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
# It asks for a password even where the server does not; one in the URL wins.
os.environ.setdefault("DESTINATION__POSTGRES__CREDENTIALS__PASSWORD", "none")


def main(path: str, url: str) -> None:
    import dlt
    import pyarrow.csv

    @dlt.resource(
        name="reading",
        primary_key=["platform", "post_id", "captured_at"],
        write_disposition={"disposition": "merge", "strategy": "delete-insert"},
    )
    def readings():
        yield pyarrow.csv.read_csv(path)

    if url.startswith("sqlite"):
        target, files = dlt.destinations.sqlalchemy(url), None
    else:
        target, files = dlt.destinations.postgres(url), "csv"
    with tempfile.TemporaryDirectory() as state:
        pipeline = dlt.pipeline(
            "bench", destination=target, dataset_name="dlt_bench", pipelines_dir=state
        )
        pipeline.run(readings(), loader_file_format=files)


if __name__ == "__main__":
    main(*sys.argv[1:3])
