"""Which sentences is the table fitted to?

CFPB narratives (public domain, as a work of the US government), the project's own demonstration data, and the sentences
of `own_text.py`. No labels are read. A sentence is a line of 3 to 60 words without the CFPB's `XXXX` masks.
"""

import csv
import json
import os
import re
from pathlib import Path

import own_text

MASK = re.compile(r"\bX{2,4}(?:\s*/\s*[X\d]{2,4})+|\b(?:X{2,}\d*|\d+X{2,})\b|[{}]")
SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\s*\n+\s*")
WORD = re.compile(r"[A-Za-z0-9$£€%'’&-]+")
ROOT = Path(__file__).resolve().parent.parent
MIN_WORDS, MAX_WORDS = 3, 60


def shared_data():
    return Path(os.environ.get("OUTSPOKEN_SHARED_DATA", ROOT.parent / "shared" / "data"))


def sentences(text):
    text = " ".join(MASK.sub(" ", part).strip() for part in [text.replace("''", '"')])
    for sentence in SENTENCE_END.split(text):
        words = WORD.findall(sentence)
        if len(words) < MIN_WORDS or not re.search("[A-Za-z]{2}", sentence):
            continue
        sentence = re.sub(r"\s+", " ", sentence).strip(" -*•")
        if len(words) > MAX_WORDS:
            sentence = " ".join(sentence.split()[:MAX_WORDS])
        yield sentence


def cfpb_narratives():
    """Narratives with their products, of both files; the product is for evaluation only."""
    folder = shared_data() / "cfpb_complaints"
    files = [("cfpb_2015_2020_full_columns.csv", "Consumer complaint narrative"),
             ("cfpb_narrative_product_company.csv", "complaints")]
    for name, column in files:
        if (folder / name).exists():
            with open(folder / name, encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    if row[column].strip():
                        yield row[column], row["Product"]


def demonstration_verbatims():
    """Long strings of every column of the demonstration data: answers, whatever the columns are called."""
    for path in sorted((ROOT / "datasets" / "demo").glob("*")):
        for row in readable_rows(path):
            yield from (value for value in row.values() if isinstance(value, str) and value.count(" ") >= 3)


def readable_rows(path):
    """Rows of a CSV or JSON Lines file; that data has broken rows on purpose, which are passed over."""
    if path.suffix == ".csv":
        with open(path, encoding="utf-8-sig", errors="replace", newline="") as file:
            yield from csv.DictReader(file)
    elif path.suffix == ".jsonl":
        for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                yield row


SOURCES = {"cfpb": lambda: (text for text, _ in cfpb_narratives()), "demo": demonstration_verbatims,
           "own": own_text.generate}


def lines(sources):
    """(source, lines) pairs, each line once, in a fixed order."""
    seen = set()
    for source in sources:
        kept = []
        for text in SOURCES[source]():
            for sentence in sentences(text):
                if sentence not in seen:
                    seen.add(sentence)
                    kept.append(sentence)
        yield source, kept
