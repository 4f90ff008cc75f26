"""How are tables of the program and of the package compared, and which columns belong to a run?"""
import csv
import json
import pathlib
import subprocess

import pyarrow as pa
import pyarrow.parquet as pq

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
AS_OF = "2026-10-02T08:00:00Z"
KEYS = {
    "response": ["source", "response_id"], "response_attribute": ["source", "response_id", "name"], "verbatim": ["verbatim_id"],
    "clause": ["verbatim_id", "clause"], "hotline_hit": [], "hotline": ["hotline_id"], "score": ["source", "response_id", "measure"],
}
# What needs all rows, the file, or people.
OF_A_RUN = {
    "response": {"source_file", "source_row"}, "verbatim": {"duplicate_of", "found_theme_id"}, "clause": {"found_theme_id"},
    "hotline": {"respond_by", "linked_to"}, "theme": {"example_verbatim_id"},
}


def program(outspoken, *arguments):
    """Exit code 1 is complete, with something to look at."""
    done = subprocess.run([str(outspoken), *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"outspoken {' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stderr}")
    return done.stdout


def published(out, table):
    """A table of an output directory, with the columns of its files."""
    files = sorted(pathlib.Path(out, "tables", table).glob("**/*.parquet"))
    return pa.concat_tables([pq.ParquetFile(path).read() for path in files], promote_options="default")


def lines(table, name):
    """The rows as sorted text, without what belongs to a run."""
    columns = [column for column in table.column_names if column not in OF_A_RUN.get(name, set()) and column != "p_month"]
    return sorted(json.dumps(row, default=str, ensure_ascii=False, sort_keys=True) for row in table.select(columns).to_pylist())


def read_csv(path, encoding="utf-8-sig"):
    """Rows that fit the header, as text; an empty cell is null."""
    with open(path, newline="", encoding=encoding) as file:
        header, *rows = csv.reader(file)
    rows = [row for row in rows if len(row) == len(header)]
    return pa.table({name: pa.array([row[i] or None for row in rows], pa.string()) for i, name in enumerate(header)})


def read_jsonl(path):
    """Rows that are objects, as text."""
    rows = []
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            continue
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: pa.array([None if row.get(name) in (None, "") else str(row[name]) for row in rows], pa.string()) for name in names})


def last_of_each(table, key):
    """Of rows with one id the last, as a run decides it."""
    last = {value: i for i, value in enumerate(table[key].to_pylist())}
    return table.take(sorted(last.values()))
