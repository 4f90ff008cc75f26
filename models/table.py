"""A static table of word pieces: its tokenizer, its rows, and how a text becomes a vector.

    vector(text) = normalise( sum over words, sum over the word's pieces, of the piece's int8 row )

One scale serves all rows, so it has no part in a direction; what a piece weighs is the length of its row. Rows of `[UNK]`
and of masks such as `xxxx` are zero; punctuation is not in the vocabulary, so it is `[UNK]`.
"""

import json
import os
import re
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

UNKNOWN = "[UNK]"


def tokenizer_json(pieces):
    """The uncased BERT pipeline over `pieces`, in the format of the `tokenizers` library."""
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [{"id": pieces.index(UNKNOWN), "content": UNKNOWN, "single_word": False, "lstrip": False,
                          "rstrip": False, "normalized": False, "special": True}],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": None,
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": UNKNOWN, "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {piece: i for i, piece in enumerate(pieces)}},
    }


def is_mask(piece):
    return re.fullmatch(r"(##)?xx+", piece) is not None


class Pieces:
    """A vocabulary with its tokenizer."""

    def __init__(self, pieces):
        self.pieces = list(pieces)
        self.json = tokenizer_json(self.pieces)
        self.tokenizer = Tokenizer.from_str(json.dumps(self.json))
        self.unknown = self.pieces.index(UNKNOWN)
        self.silent = np.array([piece == UNKNOWN or is_mask(piece) for piece in self.pieces])

    @classmethod
    def load(cls, path):
        vocabulary = json.loads(Path(path).read_text(encoding="utf-8"))["model"]["vocab"]
        return cls(sorted(vocabulary, key=vocabulary.get))

    def ids(self, texts):
        encodings = self.tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [[i for i in encoding.ids if not self.silent[i]] for encoding in encodings]

    def means(self, texts):
        """Texts × pieces, each row with the shares of its pieces (sum 1)."""
        ids = self.ids(texts)
        lengths = np.array([len(row) for row in ids])
        columns = np.fromiter((i for row in ids for i in row), np.int32, lengths.sum())
        shares = np.repeat(1 / np.maximum(lengths, 1), lengths).astype(np.float32)
        matrix = sparse.csr_matrix((shares, columns, np.concatenate([[0], lengths.cumsum()])),
                                   shape=(len(ids), len(self.pieces)))
        matrix.sum_duplicates()
        return matrix


def quantise(rows, clip):
    """One scale for all; the few values beyond the quantile `clip` are cut, which leaves finer steps to the rest."""
    scale = np.quantile(np.abs(rows[np.abs(rows).sum(1) > 0]), clip) / 127
    return np.clip(np.rint(rows / scale), -127, 127).astype(np.int8), np.float32(scale)


def save(folder, pieces, rows, scale, notes):
    """Writes each file beside its place and renames it."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config = {"model_type": "model2vec", "architectures": ["StaticModel"], "hidden_dim": int(rows.shape[1]),
              "embedding_dtype": "int8", "normalize": True, "seq_length": 1000000, **notes}

    def place(name, write):
        write(folder / f"{name}.new")
        os.chmod(folder / f"{name}.new", 0o644)
        os.replace(folder / f"{name}.new", folder / name)

    tensors = {"embeddings": rows, "scale": np.array([scale], np.float32)}
    place("tokenizer.json", lambda path: path.write_text(json.dumps(pieces.json, ensure_ascii=False,
                                                                    separators=(",", ":")), encoding="utf-8"))
    place("model.safetensors", lambda path: save_file(tensors, path))
    place("config.json", lambda path: path.write_text(json.dumps(config, indent=2) + "\n"))


class Table:
    def __init__(self, pieces, rows):
        self.pieces, self.rows = pieces, rows

    @classmethod
    def load(cls, folder):
        rows = load_file(Path(folder) / "model.safetensors")["embeddings"]
        return cls(Pieces.load(Path(folder) / "tokenizer.json"), rows.astype(np.float32))

    def encode(self, texts):
        vectors = self.pieces.means(texts) @ self.rows
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
