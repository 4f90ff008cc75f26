#!/usr/bin/env python3
"""Write the data of classic VADER from the published package.

Usage: make.py [DIR]      (needs: pip install vaderSentiment==3.3.2)

Writes valences.tsv (term, mean rating), emoji.tsv (emoji, description) and words.tsv (word, role, value) into DIR, which is
the directory of this script unless given. Terms that the reference can never match are left out: it looks a token up in lower
case, so a term with an upper-case letter or a space is never found; and it replaces emoji one code point at a time, so an
emoji of several is never found whole. Of a term that is listed twice the last line counts, as it does there.
"""
import pathlib
import sys
from importlib import metadata

from vaderSentiment import vaderSentiment as reference

VERSION = "3.3.2"
HEADER = """\
# {what}
# source: vaderSentiment {version}, https://github.com/cjhutto/vaderSentiment, made by lexicons/vader/make.py
# licence: MIT, Copyright (c) 2016 C.J. Hutto
# cite: Hutto, C.J. & Gilbert, E.E. (2014). VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text. ICWSM-14.
"""


def write(path, what, rows):
    with open(path, "w", encoding="utf-8", newline="\n") as f:
        f.write(HEADER.format(what=what, version=VERSION))
        for row in rows:
            f.write("\t".join(row) + "\n")


def main():
    assert metadata.version("vaderSentiment") == VERSION, "the data is that of " + VERSION
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    analyzer = reference.SentimentIntensityAnalyzer()
    valences = {t: v for t, v in analyzer.lexicon.items() if t == t.lower() and len(t.split()) == 1 and t == t.split()[0]}
    write(out / "valences.tsv", "Classic VADER: term, mean rating from -4 to 4", ((t, repr(v)) for t, v in sorted(valences.items())))
    emoji = {e: d for e, d in analyzer.emojis.items() if len(e) == 1}
    write(out / "emoji.tsv", "Classic VADER: emoji, the words that replace it", sorted(emoji.items()))
    words = [(w, "negate", "1") for w in sorted(set(reference.NEGATE))]
    words += [(w, "boost", repr(v)) for w, v in sorted(reference.BOOSTER_DICT.items())]
    words += [(w, "special", repr(float(v))) for w, v in sorted(reference.SPECIAL_CASES.items())]
    write(out / "words.tsv", "Classic VADER: words or word pairs that negate, boost or make up an idiom", words)


main()
