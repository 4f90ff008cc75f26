"""Which tables are opened? Small inputs that are awkward on purpose, each run by the program, and the tables that come of them."""
import csv
import datetime
import os
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
AS_OF = "2026-10-02T08:00:00Z"

SETTINGS = """goals = "goals.toml"
[[source]]
name = "edge"
files = ["edge_*.csv"]
id = "id"
received_at = "received"
experience_at = "experienced"
sent_at = "invited"
account_id = "account"
segment = "segment"
verbatims = ["Why?"]
[[source.score]]
column = "recommend"
measure = "recommend"
kind = "nps"
[[source.score]]
column = "overall"
measure = "overall"
kind = "csat"
scale = [1, 5]
"""
# A project as old and one as far away as a calendar of a BI tool has to hold.
GOALS = """[[initiative]]
id = "very-old"
title = "مشروع قديم 🏛️"
measure = "recommend"
work_start = "1900-01-01"
felt_from = "1900-03-01"
full_effect_month = "1900-12"
expected_change = { "2026-07" = 2, "2100-05" = 3 }
[[initiative]]
id = "far-away"
title = "Far away"
measure = "recommend"
work_start = "2100-01-01"
felt_from = "2100-02-28"
full_effect_month = "2100-12"
expected_change = { "2100-05" = 1 }
"""
HEADER = ["id", "received", "experienced", "invited", "account", "segment", "recommend", "overall", "Why?"]
# Emoji of several scalar values, scripts from right to left, marks that combine, scalar values above U+FFFF, controls of direction.
TEXTS = [
    "The technician was kind 👩🏽\u200d🔧 and the line works, but the invoice is wrong again 😡😡",
    "האינטרנט נפל שוב, אני רוצה לבטל את החוזה. I will cancel my account today",
    "الخدمة سيئة جدا والفاتورة خاطئة، I want to speak to a lawyer about this",
    "Ça marche à nouveau, merci ! Café\u0301 et na\u00efvet\u00e9 🇫🇷",
    "𠜎𠜱𝒳𝓎 cancel my contract 🏴\u200d☠️ now, I am switching to another provider",
    "\u202eright to left override\u202c and a plain word, please cancel my service",
    "line one\nline two\ttab, \"quotes\" and 'apostrophes'; a \\ backslash, a | bar and a null-like NaN NULL None",
    "ok",
    "n/a",
]


class Corpus:
    """One output directory, with what is known of it beforehand."""

    def __init__(self, name, root, n_responses=None):
        self.name, self.root, self.n_responses = name, str(root), n_responses


def make(folder, outspoken, data, have):
    """Every corpus, and what was left out with the reason; `have`: output directories that need not be made."""
    folder = pathlib.Path(folder)
    corpora, left_out = [], []
    if "demo" not in have:
        call(outspoken, "demo", "--out", folder / "demo", "--quiet")
    corpora.append(Corpus("demo", have.get("demo", folder / "demo")))
    cfpb = pathlib.Path(data) / "cfpb_complaints" / "cfpb_2015_2020_full_columns.csv"
    if "cfpb" not in have and cfpb.exists():
        settings = HERE.parent.parent / "datasets" / "configs" / "cfpb_complaints.toml"
        call(outspoken, "run", cfpb, "--out", folder / "cfpb", "--config", settings, "--as-of", AS_OF, "--quiet")
    if "cfpb" in have or cfpb.exists():
        corpora.append(Corpus("cfpb", have.get("cfpb", folder / "cfpb")))
    else:
        left_out.append(f"cfpb: no {cfpb}")
    corpora.append(edge(folder, outspoken))
    corpora.append(quiet(folder, outspoken))
    corpora.append(grown(folder, outspoken))
    return corpora, left_out


def edge(folder, outspoken):
    """Dates from 1970 to 2100, texts of every script, columns that are null throughout, months with and without scores."""
    work = folder / "edge-input"
    work.mkdir(parents=True)
    (work / "outspoken.toml").write_text(SETTINGS, encoding="utf-8")
    (work / "goals.toml").write_text(GOALS, encoding="utf-8")
    rows = []
    for i, text in enumerate(TEXTS):
        rows.append([f"J-{i}", "2026-07-03", "2026-06-30", "", "", "Küche 🍳" if i % 2 else "שירות", i % 11, 1 + i % 5, text])
    # No scores in June, no text in 1970, and dates that no table may hold.
    rows.append(["JUNE-1", "2026-06-01", "1900-01-01", "1899-12-31", "", "", "", "", "Quick and friendly help, thank you"])
    rows.append(["OLD-1", "1970-01-02", "1970-01-02", "", "", "", "9", "5", ""])
    rows.append(["R-1900", "1900-01-01", "", "", "", "", "3", "3", "from another century"])
    rows.append(["R-2100", "2100-05-05", "", "", "", "", "3", "3", "not yet"])
    write(work / "edge_1.csv", rows)
    common = ["--config", work / "outspoken.toml", "--out", folder / "edge", "--quiet"]
    call(outspoken, "run", work / "edge_1.csv", "--as-of", "2026-08-01T00:00:00Z", *common)
    far = [["F-1", "2100-05-05", "2100-02-28", "2100-05-01", "", "Küche 🍳", "10", "5", "In the year 2100 the hologram support is excellent"]]
    write(work / "edge_2.csv", far)
    call(outspoken, "run", work / "edge_2.csv", "--as-of", "2100-06-15T00:00:00Z", *common)
    return Corpus("edge", folder / "edge", len(TEXTS) + 3)


def quiet(folder, outspoken):
    """One row that says little: most tables have no row, most columns no value."""
    work = folder / "quiet-input"
    work.mkdir()
    (work / "quiet.csv").write_text("id,date,comment\n1,2026-07-01,The room was clean\n", encoding="utf-8")
    call(outspoken, "run", work / "quiet.csv", "--out", folder / "quiet", "--as-of", AS_OF, "--quiet")
    return Corpus("quiet", folder / "quiet", 1)


def grown(folder, outspoken):
    """Months of three versions: one before a column was added, one of today, one with a column that is not known yet."""
    root = folder / "grown"
    shutil.copytree(folder / "edge", root, symlinks=True)
    rewrite(root, "1970-01-01", drop={"verbatim": "found_theme_id", "response": "share_consent", "clause": "found_theme_id"})
    rewrite(root, "2026-06-01", drop={"verbatim": "found_theme_id", "response": "share_consent", "clause": "found_theme_id"})
    work = folder / "edge-input"
    write(work / "edge_3.csv", [["A-1", "2026-08-08", "2026-08-01", "", "", "", "7", "4", "The new app is a joy to use 🎉"]])
    # The program itself reads what an older one wrote.
    call(
        outspoken, "run", work / "edge_3.csv", "--config", work / "outspoken.toml", "--out", root, "--as-of", "2100-06-16T00:00:00Z", "--quiet"
    )
    rewrite(root, "2100-05-01", add={"verbatim": "sarcasm", "response": "weather", "clause": "sarcasm"})
    return Corpus("grown", root, len(TEXTS) + 4)


def rewrite(root, month, drop=None, add=None):
    """Writes a month of some tables as another version of the program would."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for table, column in (drop or add).items():
        for path in sorted((root / "tables" / table / f"p_month={month}").glob("*.parquet")):
            rows = pq.ParquetFile(path).read()
            rows = rows.drop_columns([column]) if drop else rows.append_column(pa.field(column, pa.string()), pa.nulls(len(rows), pa.string()))
            new = path.with_suffix(".new")
            pq.write_table(rows, new)
            os.replace(new, path)


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *rows])


def call(outspoken, *arguments):
    """Exit code 1 is complete, with something to look at: rejected rows are part of two of the corpora."""
    done = subprocess.run([outspoken, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(f"outspoken {' '.join(map(str, arguments))} ended with {done.returncode}:\n{done.stderr}")


def months(root, table):
    """The months that a table has, from the names of its folders."""
    folders = pathlib.Path(root, "tables", table).glob("p_month=*")
    return sorted(datetime.date.fromisoformat(folder.name.partition("=")[2]) for folder in folders)
