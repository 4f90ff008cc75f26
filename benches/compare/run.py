#!/usr/bin/env python3
"""outspoken beside its peers: the same files, the same machine, in turn.

    python3 benches/compare/run.py [--binary target/release/outspoken] [--runs 5]

Makes two files with `outspoken synth` (long complaint narratives, short survey comments), then measures in turn

  floor      DuckDB: COPY (SELECT * FROM read_csv(...)) TO parquet, no analysis, with the same compression
  outspoken  the whole job, with 1 and with 2 threads, without the search index (the peers make none), into a folder that knows the themes
             of the months already: they are found once, from a sample whose size does not grow with the file
  stack      what many have: polars, pyahocorasick, vaderSentiment, static vectors, pyarrow, on a sample, scaled by rows

and prints medians: wall seconds, CPU seconds (user + system), peak memory, MB of input per CPU second, and how many times the
floor's CPU and wall time each takes. Of outspoken the whole process counts, of the peers only their work, without starting Python. A dated line for each goes to benches/record/compare.csv. Nothing is installed outside
the working folder, which keeps the environment and the data for the next time.

Needs Python 3.10 or newer; the first call needs a package index to install the peers from.
"""

import argparse
import csv
import dataclasses
import datetime
import itertools
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RECORD = ROOT / "benches" / "record" / "compare.csv"
FIELDS = [
    "date", "machine", "corpus", "rows", "megabytes", "compression", "tool", "version", "threads", "runs",
    "wall_s", "cpu_s", "peak_mib", "mb_per_cpu_s", "times_floor_cpu", "times_floor_wall", "note",
]  # fmt: skip
# Runs must not depend on the day on which they are made.
AS_OF = "2026-10-01T00:00:00Z"


@dataclasses.dataclass
class Corpus:
    name: str
    shape: str
    rows: int
    column: str


@dataclasses.dataclass
class Cost:
    wall_s: float
    cpu_s: float
    peak_mib: float


@dataclasses.dataclass
class Tool:
    name: str
    threads: int
    command: list[str]
    rows_glob: str
    costs: list[Cost] = dataclasses.field(default_factory=list)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=pathlib.Path, default=ROOT / "target" / "release" / "outspoken")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "outspoken-compare")
    parser.add_argument("--long", type=int, default=200_000, help="long narratives; 0 leaves them out [default: 200000]")
    parser.add_argument("--short", type=int, default=1_000_000, help="short comments; 0 leaves them out [default: 1000000]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=5, help="runs of each tool, interleaved; medians are told [default: 5]")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], help="threads of outspoken [default: 1 2]")
    parser.add_argument("--new-themes", action="store_true", help="outspoken finds the themes too, as in the first run over a month")
    parser.add_argument("--floor-threads", type=int, default=2, help="threads of DuckDB [default: 2]")
    parser.add_argument("--compression", choices=["snappy", "zstd"], default="zstd")
    parser.add_argument("--stack-rows", type=int, default=20_000, help="rows of the Python stack's sample; 0 leaves it out")
    parser.add_argument("--model", type=pathlib.Path, help="static model of the stack [default: the one in models/, if there is one]")
    parser.add_argument("--note", default="", help="a word for the record: what was changed, how quiet the machine was")
    parser.add_argument("--no-record", action="store_true", help="print only")
    return parser.parse_args()


def environment(work: pathlib.Path) -> pathlib.Path:
    """The interpreter of an environment with the peers, made when there is none or when what it should hold has changed."""
    folder, wanted = work / "venv", (HERE / "requirements.txt").read_text()
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    stamp = folder / "installed.txt"
    if not stamp.exists() or stamp.read_text() != wanted:
        say(f"installing the peers into {folder}")
        venv.create(folder, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]
        subprocess.run([*install, str(HERE / "requirements.txt")], check=True, stdout=sys.stderr)
        stamp.write_text(wanted)
    return python


def made(binary: pathlib.Path, corpus: Corpus, seed: int, work: pathlib.Path) -> pathlib.Path:
    """The corpus as a file, made once for each version of the generator."""
    path = work / f"{corpus.name}-{corpus.rows}-{seed}.csv"
    command = [str(binary), "synth", "--rows", str(corpus.rows), "--seed", str(seed), "--shape", corpus.shape, "--format", "csv"]
    command += ["--months", "3", "--last", "2026-09"]
    say(f"making {path.name}")
    with open(path, "wb") as out:
        subprocess.run(command, check=True, stdout=out)
    return path


def measured(command: list[str], accepted: tuple[int, ...]) -> tuple[Cost, str]:
    """Runs a command to its end; what it and its children cost, and what it printed."""
    start = time.perf_counter()
    # What a child says is kept and shown only if it fails: a terminal costs time.
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(command, stdout=output, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in accepted:
            errors.seek(0)
            sys.stderr.write(errors.read().decode(errors="replace")[-4_000:])
            raise SystemExit(f"exit code {child.returncode}: {' '.join(command)}")
        output.seek(0)
        told = output.read().decode(errors="replace")
    # Linux counts in KiB, macOS in bytes.
    peak_mib = usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
    return Cost(wall, usage.ru_utime + usage.ru_stime, peak_mib), told


def tools(args: argparse.Namespace, python: pathlib.Path, path: pathlib.Path, work: pathlib.Path) -> list[Tool]:
    """The commands to be measured on one file."""
    settings = work / "outspoken.toml"
    settings.write_text(f'[output]\ncompression = "{args.compression}"\n\n[index]\nenabled = false\n')
    target = work / "out"
    floor = [str(python), str(HERE / "convert.py"), str(path), str(target / "floor.parquet")]
    floor += ["--threads", str(args.floor_threads), "--compression", args.compression]
    found = [Tool("duckdb", args.floor_threads, floor, str(target / "floor.parquet"))]
    for n in args.threads:
        command = [str(args.binary), "run", str(path), "--out", str(target), "--config", str(settings)]
        command += ["--as-of", AS_OF, "--threads", str(n), "--quiet"]
        found.append(Tool("outspoken", n, command, str(target / "tables" / "response" / "**" / "*.parquet")))
    return found


def known_themes(args: argparse.Namespace, path: pathlib.Path, n_rows: int, work: pathlib.Path) -> pathlib.Path | None:
    """An output directory that knows the themes of all of the file's months, from rows spread over it."""
    if args.new_themes:
        return None
    rows, known = work / "spread.csv", work / "known"
    step = max(1, n_rows // 10_000)
    shutil.rmtree(known, ignore_errors=True)
    with open(path, newline="") as whole, open(rows, "w", newline="") as spread:
        reader, writer = csv.reader(whole), csv.writer(spread)
        writer.writerow(next(reader))
        writer.writerows(itertools.islice(reader, 0, None, step))
    command = [str(args.binary), "run", str(rows), "--out", str(known), "--config", str(work / "outspoken.toml"), "--as-of", AS_OF, "--quiet"]
    measured(command, accepted=(0, 1))
    return known


def take_turns(
    args: argparse.Namespace, python: pathlib.Path, found: list[Tool], corpus: Corpus, work: pathlib.Path, known: pathlib.Path | None
) -> None:
    """Each tool once, then each again, from another start each time: a machine that warms up or slows down treats all alike."""
    for run in range(args.runs):
        for i in range(len(found)):
            tool = found[(i + run) % len(found)]
            target = work / "out"
            shutil.rmtree(target, ignore_errors=True)
            if known and tool.name == "outspoken":
                shutil.copytree(known, target, symlinks=True)
            else:
                target.mkdir()
            # 1: complete, but something needs attention.
            cost, told = measured(tool.command, accepted=(0, 1) if tool.name == "outspoken" else (0,))
            if tool.name == "duckdb":
                cost = dataclasses.replace(cost, **json.loads(told))
            tool.costs.append(cost)
            count = [str(python), str(HERE / "convert.py"), "--count", tool.rows_glob]
            n_rows = int(subprocess.run(count, check=True, capture_output=True, text=True).stdout)
            if n_rows != corpus.rows:
                raise SystemExit(f"{tool.name} wrote {n_rows:,} rows of {corpus.rows:,}")
            say(f"  {run + 1}/{args.runs} {tool.name} {tool.threads}: {cost.cpu_s:.2f} CPU-s, {cost.wall_s:.2f} s")
    shutil.rmtree(work / "out", ignore_errors=True)


def stack(args: argparse.Namespace, python: pathlib.Path, path: pathlib.Path, corpus: Corpus, work: pathlib.Path) -> dict | None:
    """The Python stack's steps on a sample, and what they would cost on the whole file."""
    n_rows = min(args.stack_rows, corpus.rows)
    if n_rows == 0:
        return None
    command = [str(python), str(HERE / "stack.py"), str(path), corpus.column, str(work / "stack.parquet"), "--rows", str(n_rows)]
    model = args.model or next(iter(sorted((ROOT / "models").glob("*/model.safetensors"))), None)
    if model:
        command += ["--model", str(model if model.is_dir() else model.parent)]
    say(f"  the Python stack on {n_rows:,} rows")
    told = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    if told["rows"] != n_rows:
        raise SystemExit(f"the stack read {told['rows']} rows of {n_rows}")
    told["cpu_s"] = sum(told["seconds"].values()) * corpus.rows / n_rows
    told["note"] = "model " + (model.parent.name if model and not model.is_dir() else model.name if model else "hashed words")
    return told


def version(command: list[str]) -> str:
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().split()[-1]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "unknown"


def machine() -> str:
    name = platform.processor() or platform.machine()
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{name}, {os.cpu_count()} cores"


def lines(args, python, corpus: Corpus, path: pathlib.Path, found: list[Tool], told: dict | None) -> list[dict]:
    """What goes into the table and the record."""
    megabytes = path.stat().st_size / 1e6
    versions = {
        "duckdb": version([str(python), "-c", "import duckdb; print(duckdb.__version__)"]),
        "outspoken": version([str(args.binary), "--version"]),
    }
    common = {
        "date": datetime.date.today().isoformat(), "machine": machine(), "corpus": corpus.name, "rows": corpus.rows,
        "megabytes": round(megabytes, 1), "compression": args.compression,
    }  # fmt: skip
    floor_cpu_s = statistics.median(cost.cpu_s for cost in found[0].costs)
    floor_wall_s = statistics.median(cost.wall_s for cost in found[0].costs)
    out = []
    for tool in found:
        middle = {key: statistics.median(getattr(cost, key) for cost in tool.costs) for key in ("wall_s", "cpu_s", "peak_mib")}
        out.append({
            **common, "tool": tool.name, "version": versions[tool.name], "threads": tool.threads, "runs": args.runs,
            "wall_s": round(middle["wall_s"], 2), "cpu_s": round(middle["cpu_s"], 2), "peak_mib": round(middle["peak_mib"]),
            "mb_per_cpu_s": round(megabytes / middle["cpu_s"], 1), "times_floor_cpu": round(middle["cpu_s"] / floor_cpu_s, 2),
            "times_floor_wall": round(middle["wall_s"] / floor_wall_s, 2), "note": args.note,
        })  # fmt: skip
    if told:
        steps = ", ".join(f"{step} {seconds:.2f}" for step, seconds in told["seconds"].items())
        out.append({
            **common, "tool": "python stack", "version": platform.python_version(), "threads": 1, "runs": 1,
            "wall_s": "", "cpu_s": round(told["cpu_s"], 2), "peak_mib": "",
            "mb_per_cpu_s": round(megabytes / told["cpu_s"], 2), "times_floor_cpu": round(told["cpu_s"] / floor_cpu_s, 2),
            "times_floor_wall": "", "note": f"{told['rows']} rows, scaled; CPU-s: {steps}; {told['note']}",
        })  # fmt: skip
    return out


def print_table(corpus: Corpus, rows: list[dict]) -> None:
    print(f"\n{corpus.name}: {corpus.rows:,} rows, {rows[0]['megabytes']:,} MB, {rows[0]['compression']}, {rows[0]['machine']}")
    columns = ["tool", "threads", "wall_s", "cpu_s", "peak_mib", "mb_per_cpu_s", "times_floor_cpu", "times_floor_wall"]
    heads = ["", "threads", "wall s", "CPU s", "peak MiB", "MB/CPU-s", "x floor's CPU", "x floor's wall"]
    cells = [heads] + [[str(row[column]) for column in columns] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    for row in cells:
        print("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width) for i, (cell, width) in enumerate(zip(row, widths))))
    ours = [row for row in rows if row["tool"] == "outspoken"]
    for row in rows:
        if row["tool"] == "python stack" and ours:
            print(f"the Python stack takes {row['cpu_s'] / ours[0]['cpu_s']:.0f} times the CPU of outspoken; {row['note']}")


def record(rows: list[dict]) -> None:
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    is_new = not RECORD.exists()
    with open(RECORD, "a", newline="") as out:
        writer = csv.DictWriter(out, FIELDS, lineterminator="\n")
        if is_new:
            writer.writeheader()
        writer.writerows(rows)
    say(f"recorded in {RECORD}")


def say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def main() -> None:
    args = arguments()
    if not args.binary.exists():
        raise SystemExit(f"{args.binary} not found\n  hint: cargo build --release, or name it with --binary")
    args.binary = args.binary.resolve()
    args.work.mkdir(parents=True, exist_ok=True)
    python = environment(args.work)
    corpora = [
        Corpus("long", "complaints", args.long, "Complaint narrative"),
        Corpus("short", "survey", args.short, "What is the main reason for your score?"),
    ]
    recorded = []
    for corpus in corpora:
        if corpus.rows == 0:
            continue
        path = made(args.binary, corpus, args.seed, args.work)
        # Just written, the file lies in the page cache: nobody pays for the disk.
        found = tools(args, python, path, args.work)
        take_turns(args, python, found, corpus, args.work, known_themes(args, path, corpus.rows, args.work))
        told = stack(args, python, path, corpus, args.work)
        rows = lines(args, python, corpus, path, found, told)
        print_table(corpus, rows)
        recorded += rows
    if not args.no_record:
        record(recorded)


if __name__ == "__main__":
    main()
