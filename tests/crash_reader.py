"""What does DuckDB see in an output directory while runs are killed in it?

    crash_reader.py DIR

Reads the tables of DIR over and over until standard input closes. Each distinct sight is printed once as JSON; the last line is how often was
looked. DIR may be a link that is switched from one output to another: it is followed once for each look.
"""
import json
import os
import select
import sys

import duckdb

# Row counts and sums that tell two states apart, several tables in one query.
SQL = """
select (select count(*) from {response}), (select count(*) from {verbatim}), (select count(distinct p_month) from {response}),
       (select sum(hash(text) % 1000003) from {verbatim}), (select count(*) from {score}), (select count(*) from {kpi}),
       (select count(*) from {verbatim} v join {response} r using (source, response_id))
"""


def main():
    folder, seen, looks = sys.argv[1], set(), 0
    connection = duckdb.connect()
    while not select.select([sys.stdin], [], [], 0)[0]:
        # A reader that wants several tables of one state follows `current` once, as this does.
        tables = os.path.realpath(os.path.join(folder, "tables"))
        table = lambda name: f"read_parquet('{tables}/{name}/*/*.parquet', hive_partitioning = true)"
        sql = SQL.format(response=table("response"), verbatim=table("verbatim"), score=table("score"), kpi=table("kpi_month"))
        sight = json.dumps({"row": [str(value) for value in connection.execute(sql).fetchone()]})
        looks += 1
        if sight not in seen:
            seen.add(sight)
            print(sight, flush=True)
    print(looks)


main()
