#!/usr/bin/env python3
"""How much faster is classic VADER here than the reference in Python?

Usage: vader.py [--binary target/release/outspoken] [--rows N]   (needs: pip install vaderSentiment==3.3.2; cargo)

Both on the corpora of `cargo bench --bench stages`: generated complaints and survey comments, one core each. The reference counts
CPU seconds of `polarity_scores` alone, on the first N texts. Ours are those of scoring on top of the pass over words, which all stages share,
and those of both together, as the bench prints them. Exit status 1 when scoring is not 100 times as fast on both corpora.
"""
import argparse
import csv
import re
import subprocess
import sys
import time

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

CORPORA = {"long": ("complaints", 4_000), "short": ("survey", 40_000)}


def texts(binary, shape, rows):
    done = subprocess.run([binary, "synth", "--rows", str(rows), "--seed", "11", "--shape", shape, "--quiet"], check=True, stdout=subprocess.PIPE)
    return [max(row, key=len) for row in list(csv.reader(done.stdout.decode().splitlines(keepends=True)))[1:]]


def reference(texts):
    """CPU seconds for each GB."""
    analyzer = SentimentIntensityAnalyzer()
    start = time.process_time()
    for text in texts:
        analyzer.polarity_scores(text)
    return (time.process_time() - start) / sum(len(text.encode()) for text in texts) * 1e9


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="target/release/outspoken")
    parser.add_argument("--rows", type=int, default=2_000, help="texts that the reference scores")
    arguments = parser.parse_args()
    bench = ["cargo", "bench", "--locked", "--bench", "stages", "--", "words, cla"]
    printed = subprocess.run(bench, check=True, stdout=subprocess.PIPE, text=True).stdout
    lines = re.findall(r"^(\w+) +(words, cl[\w ]+?) +([0-9.]+) s/GB", printed, re.M)
    ours = {(name, stage): float(seconds) for name, stage, seconds in lines}
    slow = []
    for name, (shape, rows) in CORPORA.items():
        theirs = reference(texts(arguments.binary, shape, rows)[: arguments.rows])
        both = ours[name, "words, classic VADER"]
        alone = both - ours[name, "words, clauses"]
        print(f"{name}: vaderSentiment 3.3.2 {theirs:.0f} CPU seconds per GB; here {alone:.2f} on top of words and clauses, {both:.2f} with them: "
              f"{theirs / alone:.0f} and {theirs / both:.0f} times as fast")
        if theirs / alone < 100:
            slow.append(name)
    if slow:
        sys.exit("not 100 times as fast: " + ", ".join(slow))


main()
