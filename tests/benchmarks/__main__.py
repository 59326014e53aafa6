"""`python3 dev.py bench`: every benchmark, one after the other, as ratios of one run.

python3 dev.py bench [--rows 10000000] [--hypotheses 10000] [--repeats 5] [--only stats]
                     [--csv-mb 1024] [--parquet-rows 100000000] [--server-rows 5000000]
                     [--sites 2000]
"""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks import check_bench, data_bench, pages_bench, pilots_bench, stats_bench

PARTS = ("check", "stats", "pilots", "pages", "data")


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Ratios, not bare times.")
    parser.add_argument("--rows", default="10000000", help="rows of the table that is checked")
    parser.add_argument("--hypotheses", default="10000", help="hypotheses in the list")
    parser.add_argument("--repeats", default="5", help="how often each is timed")
    parser.add_argument("--csv-mb", default="1024", help="size of the CSV that is attached")
    parser.add_argument("--parquet-rows", default="100000000", help="of the Parquet attached")
    parser.add_argument("--server-rows", default="5000000", help="of the table in PostgreSQL")
    parser.add_argument("--sites", default="2000", help="of the largest panel of pilots")
    parser.add_argument("--only", choices=PARTS, help="one of them")
    given = parser.parse_args()
    if given.only in (None, "check"):
        check_bench.main(["--rows", given.rows, "--repeats", given.repeats])
    if given.only in (None, "stats"):
        stats_bench.main(["--repeats", given.repeats])
    if given.only in (None, "pilots"):
        pilots_bench.main(["--sites", given.sites, "--repeats", given.repeats])
    if given.only in (None, "pages"):
        pages_bench.main(["--hypotheses", given.hypotheses, "--repeats", given.repeats])
    if given.only in (None, "data"):
        sizes = ["--csv-mb", given.csv_mb, "--rows", given.parquet_rows]
        data_bench.main([*sizes, "--server-rows", given.server_rows, "--repeats", given.repeats])
    return 0


if __name__ == "__main__":
    sys.exit(main())
