"""The floor: DuckDB reads a CSV and writes it as Parquet, without any analysis.

    python convert.py INPUT.csv OUTPUT.parquet --threads 2 --compression zstd
    python convert.py --count 'DIR/tables/response/**/*.parquet'

The first form prints one JSON line with the CPU and wall seconds of the conversion alone: starting Python and loading
DuckDB are not the peer's work. The second form prints how many rows Parquet files hold, for run.py's checks.
"""

import argparse
import json
import time

import duckdb


def quoted(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"


def main() -> None:
    parser = argparse.ArgumentParser(description="CSV to Parquet with DuckDB")
    parser.add_argument("input", nargs="?")
    parser.add_argument("output", nargs="?")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--compression", default="zstd")
    parser.add_argument("--count", metavar="GLOB", help="only count the rows of these Parquet files")
    args = parser.parse_args()
    connection = duckdb.connect()
    if args.count:
        # Paths of partitions are not columns here: only rows are counted.
        query = f"SELECT count(*) FROM read_parquet({quoted(args.count)}, hive_partitioning = false)"
        print(connection.execute(query).fetchone()[0])
        return
    connection.execute(f"SET threads = {args.threads}")
    source = f"read_csv({quoted(args.input)}, header = true, quote = '\"', escape = '\"', max_line_size = 16777216)"
    target = f"{quoted(args.output)} (FORMAT parquet, COMPRESSION {args.compression})"
    wall, cpu = time.perf_counter(), time.process_time()
    connection.execute(f"COPY (SELECT * FROM {source}) TO {target}")
    print(json.dumps({"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}))


if __name__ == "__main__":
    main()
