"""The usual Python stack on a sample: read, keywords, sentiment, embedding, nearest theme, write.

    python stack.py INPUT.csv COLUMN OUTPUT.parquet --rows 20000 [--model DIR]

Each step does with a well-known package what a step of outspoken does; there is no redaction, no language, no assertion, no clauses and no
figures by month, so the comparison is kind to the stack. Prints one JSON line: rows, bytes of text and of the file's
rows, CPU seconds (all threads) of each step. Loading packages, model and automaton is not counted.

With --model (a folder with tokenizer.json and model.safetensors of a static model) words are cut into that model's pieces; without,
words are hashed into a made-up table, which is less work than real pieces are.
"""

import argparse
import json
import pathlib
import re
import time
import zlib

import ahocorasick
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

# Enough terms for an alert list of the usual kind; run.py gives the same for every corpus.
TERMS = """cancel my|cancel our|cancel everything|close my account|close the account|switch to|switching to|leaving for|last straw|not renew
terminate|elsewhere|competitor|look for a new|notice|lawyer|attorney|legal action|sue|court|regulator|attorney general|breach of contract|better business bureau
counsel|complaint with|fraud|scam|hacked|stolen|identity|unauthorised|never authorised|opened an account in my name|password|stranger|personal data|another customer
fire|smoke|smoking|burn|burned|shock|electric shock|injured|unsafe|dangerous|bare wires|emergency|911|ambulance|gas|explode|hit a child|fall|oxygen|medical alarm
hospital|disabled|wheelchair|lost my job|died|passed away|cannot afford|carer|elderly|dementia|suicid|bereave|again and again|third time|never called back
still not resolved|still not fixed|no one is working|closed without|promised a call|several times|worst company|furious|outrageous|disgusted|disgrace|unacceptable
a joke|sick of|never been so|manager today|apology|hung up on me|quote for|more lines|more seats|interested in|upgrade|upgrading|second location|have sales contact|order more
refund|chargeback|dispute|collection agency|credit score|overcharged|charged twice|double billed|late fee|hidden fee""".replace("\n", "|").split("|")

N_THEMES = 50
WORD = re.compile(r"\w+")


class HashedWords:
    """A static embedding with made-up vectors: the work without the meaning."""

    def __init__(self) -> None:
        self.vectors = np.random.default_rng(1).standard_normal((29_528, 128), dtype=np.float32)

    def ids(self, texts: list[str]) -> list[list[int]]:
        return [[zlib.crc32(w.encode()) % len(self.vectors) for w in WORD.findall(text.lower())] for text in texts]


class Pieces:
    """A static embedding as model2vec has it: word pieces and one vector for each."""

    def __init__(self, folder: pathlib.Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_truncation()
        tensors = load_file(str(folder / "model.safetensors"))
        self.vectors = tensors["embeddings"].astype(np.float32)

    def ids(self, texts: list[str]) -> list[list[int]]:
        return [e.ids for e in self.tokenizer.encode_batch(texts, add_special_tokens=False)]


def embed(model, texts: list[str]) -> np.ndarray:
    out = np.zeros((len(texts), model.vectors.shape[1]), dtype=np.float32)
    for start in range(0, len(texts), 1024):
        for i, ids in enumerate(model.ids(texts[start : start + 1024]), start):
            if ids:
                out[i] = model.vectors[ids].mean(axis=0)
    norms = np.linalg.norm(out, axis=1, keepdims=True)
    return out / np.where(norms == 0, 1, norms)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("input")
    parser.add_argument("column")
    parser.add_argument("output")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--model", type=pathlib.Path)
    args = parser.parse_args()

    automaton = ahocorasick.Automaton()
    for n, term in enumerate(TERMS):
        automaton.add_word(term, (n, len(term)))
    automaton.make_automaton()
    vader = SentimentIntensityAnalyzer()
    model = Pieces(args.model) if args.model else HashedWords()

    seconds: dict[str, float] = {}
    clock = time.process_time()

    def lap(step: str) -> None:
        nonlocal clock
        now = time.process_time()
        seconds[step] = round(now - clock, 4)
        clock = now

    frame = pl.read_csv(args.input, n_rows=args.rows, infer_schema=False)
    texts = frame[args.column].fill_null("").to_list()
    lap("read")
    n_hits, hits = 0, []
    for text in texts:
        found = sorted({n for _, (n, _) in automaton.iter(text.lower())})
        n_hits += len(found)
        hits.append(",".join(TERMS[n] for n in found))
    lap("keywords")
    compounds = [vader.polarity_scores(text)["compound"] for text in texts]
    lap("sentiment")
    vectors = embed(model, texts)
    lap("embed")
    step = max(1, len(texts) // N_THEMES)
    themes = (vectors @ vectors[::step][:N_THEMES].T).argmax(axis=1)
    lap("theme")
    table = frame.to_arrow().append_column("hits", pa.array(hits)).append_column("compound", pa.array(compounds))
    pq.write_table(table.append_column("theme", pa.array(themes)), args.output, compression="zstd", compression_level=1)
    lap("write")

    n_text_bytes = sum(len(text.encode()) for text in texts)
    print(json.dumps({"rows": len(texts), "text_bytes": n_text_bytes, "hits": n_hits, "seconds": seconds}))


if __name__ == "__main__":
    main()
