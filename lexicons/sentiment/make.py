#!/usr/bin/env python3
"""Write en.base.tsv, the base layer of English, from classic VADER's valences.

Usage: make.py

Takes words of letters only: emoticons are found another way, and VADER's boosters, negators and "no" have rules of their own.
"""
import pathlib
import re

HERE = pathlib.Path(__file__).parent
VADER = HERE.parent / "vader"


def rows(name):
    for line in (VADER / name).read_text(encoding="utf-8").splitlines():
        if not line.startswith("# "):
            yield line.split("\t")


def main():
    taken = {word for word, role, _ in rows("words.tsv") if role in ("negate", "boost")} | {"no"}
    with open(HERE / "en.base.tsv", "w", encoding="utf-8", newline="\n") as f:
        f.write("# lexicon: sentiment\n# language: en\n# layer: base\n")
        f.write("# source: words of vaderSentiment 3.3.2 (lexicons/vader/valences.tsv), taken over by lexicons/sentiment/make.py\n")
        f.write("# licence: MIT, Copyright (c) 2016 C.J. Hutto (lexicons/vader/LICENSE)\n")
        for word, valence in rows("valences.tsv"):
            if re.fullmatch("[a-z]+(?:'[a-z]+)*", word) and word not in taken and len(word) > 2:
                f.write(f"{word}\t{valence}\n")


main()
