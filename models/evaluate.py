"""How well do vectors keep apart what customers write about?

    OUTSPOKEN_SHARED_DATA=… python models/evaluate.py [FOLDER…]

Labelled sets that the table was not fitted to (Banking77, airline complaints with a reason) and one whose text without labels it was
fitted to (CFPB narratives with their product). For each set: accuracy of the five nearest neighbours (each text against all others),
and agreement of k-means with the labels (NMI and ARI, k = number of labels, mean of three seeds). Beside each table of the
command line stand TF-IDF with SVD, potion-base-8M and the teacher. A short text that the fitting text has too, by chance, is left
out of the sets that were not fitted to.

The set `words` asks how words fare that the fitting text lacks: groups of words drawn from the whole vocabulary, and the correlation of
their likeness, pair by pair, with the teacher's.
"""

import argparse
import csv
import html
import random
import re
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.preprocessing import normalize
from tokenizers import Tokenizer

import corpus
from distill import base_pieces
from table import Table
from teacher import Teacher, prior_folder

NEIGHBOURS = 5
SEEDS = (0, 1, 2)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", default=[Path(__file__).parent / "voc-static-128"])
    parser.add_argument("--work", default="target/models")
    parser.add_argument("--sets", default="banking77,airline,cfpb,clothing,words")
    parser.add_argument("--only-tables", action="store_true", help="leave out the models to compare with")
    settings = parser.parse_args()
    if not corpus.shared_data().exists():
        sys.exit(f"{corpus.shared_data()} is absent: set OUTSPOKEN_SHARED_DATA to the folder with the labelled sets")
    encoders = {str(path): Table.load(path).encode for path in settings.tables}
    if not settings.only_tables:
        encoders |= {"TF-IDF + SVD 256": tfidf_svd, "potion-base-8M": potion(settings.work),
                     "teacher": Teacher(settings.work).encode}
    print("| set | vectors | texts | labels | kNN | NMI | ARI |\n| --- | --- | --- | --- | --- | --- | --- |")
    for name in settings.sets.split(","):
        if name == "words":
            judge_words(encoders, settings.work)
            continue
        texts, labels = SETS[name]()
        if name != "cfpb":
            texts, labels = without_fitted(texts, labels)
        if not texts:
            print(f"| {name} | absent | | | | | |")
            continue
        for encoder, encode in encoders.items():
            nmi, ari, knn = judge(encode(texts), np.unique(labels, return_inverse=True)[1])
            print(f"| {name} | {encoder} | {len(texts)} | {len(set(labels))} | {knn:.3f} | {nmi:.3f} | {ari:.3f} |", flush=True)


def banking77():
    return read("banking77/train.csv", "text", "category")


def airline():
    """Tweets without handles (they name the airline) and links, for all encoders."""
    texts, labels = read("airline_tweets/Tweets.csv", "text", "negativereason", leave_out=("", "Can't Tell"))
    texts = [" ".join(re.sub(r"https?://\S+|@\w+", " ", html.unescape(text)).split()) for text in texts]
    pairs = [pair for pair in dict.fromkeys(zip(texts, labels)) if pair[0]]
    return [text for text, _ in pairs], [label for _, label in pairs]


def cfpb():
    """Narratives with the product; the longest names are shortened by the CFPB itself, so only exact labels count."""
    pairs = list(dict.fromkeys(corpus.cfpb_narratives()))
    return [text for text, _ in pairs], [product for _, product in pairs]


def clothing():
    return read("clothing_reviews/womens_clothing_reviews.csv", "Review Text", "Class Name", leave_out=("",), most=8000)


SETS = {"banking77": banking77, "airline": airline, "cfpb": cfpb, "clothing": clothing}


def read(name, text, label, leave_out=(), most=None):
    path = corpus.shared_data() / name
    if not path.exists():
        return [], []
    with open(path, encoding="utf-8", newline="") as file:
        rows = [(row[text], row[label]) for row in csv.DictReader(file)]
    rows = [row for row in dict.fromkeys(rows) if row[0].strip() and row[1] not in leave_out][:most]
    return [row[0] for row in rows], [row[1] for row in rows]


def without_fitted(texts, labels):
    def bare(text):
        return " ".join(re.findall(r"[a-z0-9']+", text.lower()))

    fitted = {bare(line) for _, kept in corpus.lines(["demo", "own"]) for line in kept}
    kept = [(text, label) for text, label in zip(texts, labels) if bare(text) not in fitted]
    return [text for text, _ in kept], [label for _, label in kept]


def judge_words(encoders, work):
    chance = random.Random(3)
    words = [piece for piece in base_pieces(work) if piece.isalpha() and len(piece) > 2]
    frames = ["{} {}", "the {} and the {}", "{} {} {}", "my {} was {}", "problem with {} {}", "I like the {} but not the {}"]
    groups = sorted({chance.choice(frames).format(*chance.choices(words, k=3)) for _ in range(8000)})
    left, right = np.random.default_rng(0).integers(0, len(groups), (2, 100_000))

    def likeness(encode):
        vectors = encode(groups)
        vectors = normalize(vectors - vectors.mean(0))
        return (vectors[left] * vectors[right]).sum(1)

    teacher = likeness(Teacher(work).encode)
    for name, encode in encoders.items():
        if not name.startswith("TF-IDF"):
            print(f"| words | {name} | {len(groups)} | correlation | {np.corrcoef(likeness(encode), teacher)[0, 1]:.3f} | | |")


def tfidf_svd(texts):
    words = TfidfVectorizer(sublinear_tf=True, min_df=2, stop_words="english").fit_transform(texts)
    return normalize(TruncatedSVD(256, random_state=0).fit_transform(words))


def potion(work):
    folder = prior_folder(work)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    rows, unknown = load_file(folder / "model.safetensors")["embeddings"].astype(np.float32), tokenizer.token_to_id("[UNK]")

    def encode(texts):
        ids = [[i for i in e.ids if i != unknown] for e in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
        return normalize(np.stack([rows[row].mean(0) if row else np.zeros(rows.shape[1]) for row in ids]))

    return encode


def judge(vectors, labels):
    vectors = vectors.astype(np.float32)
    n_right = 0
    for start in range(0, len(vectors), 2000):
        near = vectors[start : start + 2000] @ vectors.T
        near[np.arange(len(near)), np.arange(start, start + len(near))] = -9
        found = np.argpartition(-near, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        for row, places in enumerate(found):
            votes = np.zeros(labels.max() + 1)
            np.add.at(votes, labels[places], near[row, places])
            n_right += votes.argmax() == labels[start + row]
    k, nmi, ari = labels.max() + 1, [], []
    for seed in SEEDS:
        found = KMeans(k, n_init=1, random_state=seed).fit_predict(vectors)
        nmi.append(normalized_mutual_info_score(labels, found))
        ari.append(adjusted_rand_score(labels, found))
    return np.mean(nmi), np.mean(ari), n_right / len(labels)


if __name__ == "__main__":
    main()
