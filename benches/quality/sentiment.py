#!/usr/bin/env python3
"""How good is the sentiment score, beside the majority class and classic VADER?

Usage: sentiment.py [--binary target/release/outspoken] [--data DIR] [--sample N]   (needs: pip install vaderSentiment==3.3.2 duckdb)

Runs `outspoken run` on each labelled set and prints, side by side: macro-F1 and accuracy over the classes of the truth, AUC where it
has two, and correlation where it is a mean rating. DIR has the folders of the shared data sets (default: OUTSPOKEN_SHARED_DATA). Word
weights, constants and thresholds were chosen on VADER's own ground truth (and words on CFPB narratives, public domain); the weight of
the last clause, on which that has no opinion, with an eye on the clothing reviews. No text of the other sets was read for it, but their
totals were seen while the lexicon grew: none of them is unseen in the strict sense. Exit status 1 when the project is
below VADER on any set by its first figure.
"""
import argparse
import csv
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import duckdb
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

CLASSES = {"negative": -1, "neutral": 0, "positive": 1}
LANGUAGES = {"english": "en", "french": "fr", "german": "de", "italian": "it", "portuguese": "pt", "spanish": "es"}


def table(path):
    csv.field_size_limit(1 << 30)
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def lines(path, encoding="utf-8"):
    with open(path, encoding=encoding, newline="") as f:
        return [line.rstrip("\r") for line in f.read().split("\n") if line.strip()]


def uci(path, encoding):
    for line in lines(path, encoding):
        text, label = line.rsplit("\t", 1)
        if text.startswith('"') and text.endswith('"'):
            text = text[1:-1].replace('""', '"')
        yield text, 1 if label == "1" else -1


def rated(path):
    for line in lines(path):
        _, mean, text = line.split("\t", 2)
        yield text, float(mean)


def sets(data):
    """Name, kind of truth (two, three or rating), rows of text and truth."""
    yield "UCI amazon", "two", list(uci(data / "uci_sentiment_sentences/amazon_cells_labelled.txt", "utf-8"))
    yield "UCI imdb", "two", list(uci(data / "uci_sentiment_sentences/imdb_labelled.txt", "latin-1"))
    airline = [(r["text"], CLASSES[r["airline_sentiment"]]) for r in table(data / "airline_tweets/Tweets.csv")]
    yield "airline, three classes", "three", airline
    yield "airline, positive or negative", "two", [(text, truth) for text, truth in airline if truth]
    clothing = table(data / "clothing_reviews/womens_clothing_reviews.csv")
    yield "clothing, recommended", "two", [(r["Review Text"], 1 if r["Recommended IND"] == "1" else -1) for r in clothing if r["Review Text"]]
    for name, file in (("VADER tweets", "tweets"), ("VADER product reviews", "amazonReviewSnippets")):
        yield name + " (tuned on)", "rating", list(rated(data / f"vader_ground_truth/{file}_GroundTruth.txt"))
    for language in LANGUAGES:
        rows = table(data / f"multilingual_sentiment/{language}_valid.csv")
        yield "tweets, " + language, "three", [(r["text"], CLASSES[r["label"]]) for r in rows]


def run(binary, texts):
    """Score and label of each text by the program, in order; no score counts as zero, neutral."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = pathlib.Path(folder, "texts.csv"), pathlib.Path(folder, "out")
        with open(source, "w", encoding="utf-8", newline="") as f:
            writer = csv.writer(f)
            writer.writerow(["id", "comment"])
            writer.writerows((f"r{i}", text) for i, text in enumerate(texts))
        command = [binary, "run", str(source), "--out", str(out), "--month", "2026-01", "--as-of", "2026-02-01T00:00:00Z", "--quiet"]
        done = subprocess.run(command, check=False)
        if done.returncode not in (0, 1):
            sys.exit(f"{binary} ended with {done.returncode}")
        rows = duckdb.sql(
            "select response_id, sentiment, sentiment_label, vader_compound "
            f"from read_parquet('{out}/tables/verbatim/**/*.parquet', hive_partitioning=false)"
        ).fetchall()
    found = {identity: (score or 0.0, CLASSES.get(label, 0)) for identity, score, label, _ in rows}
    return [found.get(f"r{i}", (0.0, 0)) for i in range(len(texts))]


def macro_f1(truth, given, classes):
    figures = []
    for c in classes:
        hits = sum(t == c == g for t, g in zip(truth, given))
        total = sum(t == c for t in truth) + sum(g == c for g in given)
        figures.append(2 * hits / total if total else 0.0)
    return sum(figures) / len(figures)


def accuracy(truth, given):
    return sum(t == g for t, g in zip(truth, given)) / len(truth)


def auc(truth, scores):
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks, i = [0.0] * len(scores), 0
    while i < len(order):
        j = i
        while j + 1 < len(order) and scores[order[j + 1]] == scores[order[i]]:
            j += 1
        for k in range(i, j + 1):
            ranks[order[k]] = (i + j) / 2 + 1
        i = j + 1
    n_positive = sum(t > 0 for t in truth)
    n_negative = len(truth) - n_positive
    total = sum(rank for rank, t in zip(ranks, truth) if t > 0)
    return (total - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative)


def correlation(a, b):
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    above = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b))
    return above / math.sqrt(sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b) or 1.0)


def figures(kind, truth, scores, labels):
    """Named figures of one scorer on one set; the first decides."""
    if kind == "rating":
        classes = [0 if abs(t) < 0.5 else (1 if t > 0 else -1) for t in truth]
        return {"r": correlation(truth, scores), "F1": macro_f1(classes, labels, (-1, 0, 1)), "acc": accuracy(classes, labels)}
    if kind == "two":
        sides = [1 if s > 0 else -1 for s in scores]
        return {"acc": accuracy(truth, sides), "F1": macro_f1(truth, sides, (-1, 1)), "AUC": auc(truth, scores)}
    return {"F1": macro_f1(truth, labels, (-1, 0, 1)), "acc": accuracy(truth, labels)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="target/release/outspoken")
    parser.add_argument("--data", type=pathlib.Path, default=os.environ.get("OUTSPOKEN_SHARED_DATA"))
    parser.add_argument("--sample", type=int, default=0, help="rows of each set, chosen with a fixed seed; 0 for all")
    arguments = parser.parse_args()
    if arguments.data is None:
        parser.error("say where the data is: --data or OUTSPOKEN_SHARED_DATA")
    vader = SentimentIntensityAnalyzer()
    behind = []
    print(f"{'set':34} {'rows':>6}  {'majority':28} {'VADER 3.3.2':28} outspoken")
    for name, kind, rows in sets(arguments.data):
        if arguments.sample and len(rows) > arguments.sample:
            rows = random.Random(1).sample(rows, arguments.sample)
        texts, truth = [text for text, _ in rows], [t for _, t in rows]
        compounds = [vader.polarity_scores(text)["compound"] for text in texts]
        ours = run(arguments.binary, texts)
        classes = [0 if abs(t) < 0.5 else (1 if t > 0 else -1) for t in truth]
        most = max((-1, 0, 1), key=classes.count)
        shown = [
            figures(kind, truth, [float(most)] * len(rows), [most] * len(rows)),
            figures(kind, truth, compounds, [1 if c >= 0.05 else -1 if c <= -0.05 else 0 for c in compounds]),
            figures(kind, truth, [score for score, _ in ours], [label for _, label in ours]),
        ]
        cells = [" ".join(f"{figure} {value:.3f}" for figure, value in each.items()) for each in shown]
        print(f"{name:34} {len(rows):6}  {cells[0]:28} {cells[1]:28} {cells[2]}")
        first = next(iter(shown[0]))
        if shown[2][first] < shown[1][first]:
            behind.append(name)
    if behind:
        sys.exit("below VADER: " + ", ".join(behind))


main()
