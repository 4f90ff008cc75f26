#!/usr/bin/env python3
"""How well do the themes found agree with labels, hold together and last, beside three peers?

Usage: themes.py [--binary target/release/outspoken] [--data DIR] [--sets banking77,airline] [--tools …] [--note TEXT] [--no-record]

Each tool gets the same labelled texts (DIR has the folders of the shared data sets; default: OUTSPOKEN_SHARED_DATA), without the
labels, and is told how many there are. Printed side by side, and appended to benches/record/themes.csv with the date:

nmi, v, ari        agreement of the found themes with the labels; texts without a theme are one class
none               share of texts without a theme
themes             how many were found
npmi, diversity    of each theme's eight key terms, cut into words: how much more often than by chance they come together in the texts (mean of
                   all pairs, -1 to 1), and the share of words that no other theme has
shuffled           ARI between two runs, of the second the rows in another order (of tools with a seed: another seed)
halves             ARI between the models of two halves of the texts, on the texts of a fifth that neither has seen
seconds, cpu, mib  end to end for all texts: wall and processor time and peak memory of the process, of outspoken of the program itself

Tools: outspoken · tfidf (TF-IDF, SVD 256, k-means) · bertopic (BERTopic on MiniLM vectors, the weights from the package that
models/teacher.py names; its vectors are kept between runs, and what making them takes is measured on 256 texts and added) · lda (tomotopy). The peers go
into an environment below --work, which keeps it and the teacher's vectors; removing the folder removes everything. They run one after
the other, at low priority.
"""
import argparse
import csv
import datetime
import html
import itertools
import json
import math
import os
import pathlib
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
import venv

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ["numpy==2.4.6", "scipy==1.17.1", "scikit-learn==1.9.1", "duckdb==2.0.0", "pandas", "tomotopy==0.14.0", "umap-learn==0.5.12", "hdbscan", "tqdm",
            "plotly", "pyyaml", "tokenizers==0.23.3", "safetensors==0.8.0", "onnx==1.23.2", "onnxruntime==1.31.1"]
WITHOUT_DEPENDENCIES = ["bertopic==0.17.4"]
TOOLS = ["outspoken", "tfidf", "bertopic", "lda"]
FIGURES = ["nmi", "v", "ari", "none", "themes", "npmi", "diversity", "shuffled", "halves", "seconds", "cpu", "mib"]
N_TERMS = 8
TEXT = re.compile(r"https?://\S+|@\w+")


def table(path):
    csv.field_size_limit(1 << 30)
    with open(path, encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def banking77(data):
    return [(row["text"], row["category"]) for row in table(data / "banking77/train.csv")]


def airline(data):
    rows = [(html.unescape(row["text"]), row["negativereason"]) for row in table(data / "airline_tweets/Tweets.csv")]
    return [(text, label) for text, label in rows if label not in ("", "Can't Tell")]


def complaints(data):
    rows = table(data / "cfpb_complaints/cfpb_narrative_product_company.csv")
    return [(row["complaints"], row["Product"]) for row in rows]


def clothing(data):
    rows = table(data / "clothing_reviews/womens_clothing_reviews.csv")
    return [(row["Review Text"], row["Class Name"]) for row in rows if row["Review Text"].strip() and row["Class Name"]][:5000]


SETS = {"banking77": banking77, "airline": airline, "complaints": complaints, "clothing": clothing}


# --- tools: each fits to `fit` and gives, for each text of `ask`, a theme or none, and key terms of each theme ---------------------


def by_outspoken(fit, ask, most, seed, settings):
    """Two runs when what is asked is not what was fitted: the second is of an older month, which is only assigned."""
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        config = folder / "outspoken.toml"
        config.write_text(f"[themes]\nmax = {most}\nseeds = []\n[privacy]\nredact = []\n[index]\nenabled = false\n")
        order = list(range(len(fit)))
        random.Random(seed).shuffle(order)
        jobs = [("fit", "2026-02", [(f"r{i}", fit[i]) for i in order])]
        if ask is not fit:
            jobs.append(("ask", "2026-01", [(f"a{i}", text) for i, text in enumerate(ask)]))
        for name, month, rows in jobs:
            source = folder / f"{name}.csv"
            with open(source, "w", encoding="utf-8", newline="") as f:
                csv.writer(f).writerows([("id", "comment"), *rows])
            command = [settings["binary"], "run", source, "--out", folder / "out", "--config", config, "--month", month, "--threads",
                       str(1 + seed % 2), "--as-of", "2026-03-01T00:00:00Z", "--quiet"]
            started = time.monotonic()
            _, status, used = os.wait4(subprocess.Popen(command).pid, 0)
            if os.waitstatus_to_exitcode(status) not in (0, 1):
                sys.exit(f"{settings['binary']} failed")
            if name == "fit":
                settings["cost"] = cost(started, used)
        first = "r" if ask is fit else "a"
        verbatims = duckdb.sql("select response_id, primary_theme_id from read_parquet("
                               f"'{folder}/out/tables/verbatim/**/*.parquet', hive_partitioning=false)").fetchall()
        of_text = {identity: theme for identity, theme in verbatims}
        words = duckdb.sql(f"select theme_id, keywords from read_parquet('{folder}/out/tables/theme/*.parquet')").fetchall()
        themes = [of_text.get(f"{first}{i}") for i in range(len(ask))]
        used = set(themes)
        return themes, [terms.split(", ") for theme, terms in words if theme in used and terms]


def by_tfidf(fit, ask, most, seed, settings):
    import numpy
    from sklearn.cluster import KMeans
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.preprocessing import normalize

    words = TfidfVectorizer(sublinear_tf=True, min_df=2, stop_words="english")
    matrix = words.fit_transform(fit)
    svd = TruncatedSVD(min(256, matrix.shape[1] - 1), random_state=seed)
    vectors = normalize(svd.fit_transform(matrix))
    means = KMeans(most, n_init=1, random_state=seed).fit(vectors)
    themes = means.labels_ if ask is fit else means.predict(normalize(svd.transform(words.transform(ask))))
    names = words.get_feature_names_out()
    terms = []
    for theme in range(most):
        mean = numpy.asarray(matrix[means.labels_ == theme].mean(0)).ravel()
        terms.append([names[i] for i in mean.argsort()[::-1][:N_TERMS]])
    return list(map(int, themes)), terms


def by_bertopic(fit, ask, most, seed, settings):
    """As its documentation begins, with the number of topics given; without that, it makes some 300 of Banking77."""
    from bertopic import BERTopic
    from bertopic.backend import BaseEmbedder
    from umap import UMAP
    from sklearn.feature_extraction.text import CountVectorizer

    sys.path.insert(0, str(ROOT / "models"))
    from teacher import Teacher

    class Given(BaseEmbedder):
        def embed(self, documents, verbose=False):
            return teacher.encode(list(documents))

    teacher = Teacher(settings["work"])
    vectors = teacher.encode(fit)
    sample = [encoding.ids for encoding in teacher.tokenizer.encode_batch(random.Random(1).sample(fit, min(256, len(fit))))]
    started, cpu = time.monotonic(), time.process_time()
    teacher.pool(sample)
    share = len(fit) / len(sample)
    settings["added"] = {"seconds": share * (time.monotonic() - started), "cpu": share * (time.process_time() - cpu)}
    model = BERTopic(
        embedding_model=Given(), nr_topics=most + 1 if settings["bounded"] else None, calculate_probabilities=False,
        umap_model=UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed),
        vectorizer_model=CountVectorizer(stop_words="english"), top_n_words=N_TERMS)
    themes, _ = model.fit_transform(fit, vectors)
    if ask is not fit:
        themes, _ = model.transform(ask, teacher.encode(ask))
    terms = [[word for word, _ in words] for theme, words in model.get_topics().items() if theme >= 0]
    return [None if theme < 0 else int(theme) for theme in themes], terms


def by_lda(fit, ask, most, seed, settings):
    import tomotopy
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    def words(text):
        return [word for word in re.findall(r"[a-z]{2,}", text.lower()) if word not in ENGLISH_STOP_WORDS] or ["none"]

    model = tomotopy.LDAModel(k=most, seed=seed, min_cf=2)
    for text in fit:
        model.add_doc(words(text))
    model.train(500, workers=1)
    fitted = [doc for doc in model.docs]
    if ask is fit and len(fitted) == len(fit):
        themes = [doc.get_topics(1)[0][0] for doc in fitted]
    else:
        themes = [max(range(most), key=model.infer(model.make_doc(words(text)))[0].__getitem__) for text in ask]
    return themes, [[word for word, _ in model.get_topic_words(theme, N_TERMS)] for theme in range(most)]


BY = {"outspoken": by_outspoken, "tfidf": by_tfidf, "bertopic": by_bertopic, "lda": by_lda}


def one(tool, job):
    """The work of a process of its own: themes and terms for a file of texts, as JSON."""
    given = json.loads(pathlib.Path(job).read_text())
    fit = given["fit"]
    ask = fit if given["ask"] is None else given["ask"]
    themes, terms = BY[tool](fit, ask, given["most"], given["seed"], given["settings"])
    told = {name: given["settings"].get(name) for name in ("added", "cost")}
    pathlib.Path(job).write_text(json.dumps({"themes": themes, "terms": terms, **told}))


def cost(started, used):
    return {"seconds": time.monotonic() - started, "cpu": used.ru_utime + used.ru_stime, "mib": used.ru_maxrss / 1024}


# --- figures ------------------------------------------------------------------------------------------------------------------------


def measured(tool, fit, ask, most, seed, settings):
    """Themes, terms, and what it cost, in a process at low priority."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as f:
        json.dump({"fit": fit, "ask": ask, "most": most, "seed": seed, "settings": settings}, f)
    started = time.monotonic()
    child = subprocess.Popen(["nice", sys.executable, __file__, "--one", tool, f.name])
    _, status, used = os.wait4(child.pid, 0)
    if status:
        sys.exit(f"{tool} failed")
    answer = json.loads(pathlib.Path(f.name).read_text())
    os.unlink(f.name)
    added = answer["added"] or {}
    costs = answer["cost"] or cost(started, used)
    return answer["themes"], answer["terms"], {name: value + added.get(name, 0.0) for name, value in costs.items()}


def classes(themes):
    return [str(theme) for theme in themes]


def coherence(terms, texts):
    """Mean NPMI of all pairs of words of a theme, by the texts that hold them; and the share of words that are one theme's alone."""
    lists = [list(dict.fromkeys(re.findall(r"[\w']+", " ".join(of_theme).lower())))[:N_TERMS] for of_theme in terms]
    wanted = {word for words in lists for word in words}
    holds = {word: set() for word in wanted}
    for i, text in enumerate(texts):
        for word in set(re.findall(r"[\w']+", text.lower())) & wanted:
            holds[word].add(i)
    scores = []
    for words in lists:
        pairs = list(itertools.combinations(words, 2))
        if not pairs:
            continue
        found = []
        for a, b in pairs:
            both = len(holds[a] & holds[b]) / len(texts)
            apart = len(holds[a]) * len(holds[b]) / len(texts) ** 2
            found.append(-1.0 if both == 0 else 1.0 if both == 1 else math.log(both / apart) / -math.log(both))
        scores.append(sum(found) / len(found))
    n_all = sum(map(len, lists))
    return (sum(scores) / len(scores) if scores else 0.0), (len(wanted) / n_all if n_all else 0.0)


def figures(tool, rows, settings):
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, v_measure_score

    rows = list(rows)
    random.Random(7).shuffle(rows)
    texts, labels = [text for text, _ in rows], [label for _, label in rows]
    most = len(set(labels))
    themes, terms, costs = measured(tool, texts, None, most, 1, settings)
    given = classes(themes)
    other = classes(measured(tool, texts, None, most, 2, settings)[0])
    fifth = len(texts) // 5
    held, rest = texts[:fifth], texts[fifth:]
    halves = [classes(measured(tool, half, held, most, 1, settings)[0]) for half in (rest[::2], rest[1::2])]
    npmi, diversity = coherence(terms, texts)
    return {
        "nmi": normalized_mutual_info_score(labels, given), "v": v_measure_score(labels, given), "ari": adjusted_rand_score(labels, given),
        "none": given.count("None") / len(given), "themes": len(set(given) - {"None"}), "npmi": npmi, "diversity": diversity,
        "shuffled": adjusted_rand_score(given, other), "halves": adjusted_rand_score(*halves), **costs}


def environment(work):
    """The Python of the peers' environment; made when it is missing."""
    python = work / "venv/bin/python"
    done = work / "venv/installed"
    if not done.exists():
        venv.create(work / "venv", with_pip=True)
        install = [python, "-m", "pip", "install", "--quiet"]
        subprocess.run([*install, *PACKAGES], check=True)
        subprocess.run([*install, "--no-deps", *WITHOUT_DEPENDENCIES], check=True)
        done.write_text("\n".join(PACKAGES + WITHOUT_DEPENDENCIES))
    return python


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="target/release/outspoken")
    parser.add_argument("--data", type=pathlib.Path, default=os.environ.get("OUTSPOKEN_SHARED_DATA"))
    parser.add_argument("--sets", default="banking77,airline")
    parser.add_argument("--tools", default=",".join(TOOLS))
    parser.add_argument("--sample", type=int, default=0, help="texts of each set, chosen with a fixed seed; 0 for all")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir()) / "outspoken-themes")
    parser.add_argument("--unbounded", action="store_true", help="do not tell BERTopic the number of topics")
    parser.add_argument("--note", default="")
    parser.add_argument("--no-record", action="store_true")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        return one(*arguments.one)
    if arguments.data is None:
        parser.error("say where the data is: --data or OUTSPOKEN_SHARED_DATA")
    python = environment(arguments.work)
    if pathlib.Path(sys.prefix).resolve() != (arguments.work / "venv").resolve():
        os.execv(python, [str(python), *sys.argv])
    settings = {"binary": str(pathlib.Path(arguments.binary).resolve()), "work": str(arguments.work), "bounded": not arguments.unbounded}
    print(f"{'set':10} {'tool':10} " + " ".join(f"{figure:>9}" for figure in FIGURES))
    for name in arguments.sets.split(","):
        rows = SETS[name](arguments.data)
        if arguments.sample and len(rows) > arguments.sample:
            rows = random.Random(1).sample(rows, arguments.sample)
        for tool in arguments.tools.split(","):
            found = figures(tool, rows, settings)
            print(f"{name:10} {tool:10} " + " ".join(f"{found[figure]:9.3f}" for figure in FIGURES), flush=True)
            if not arguments.no_record:
                record(name, tool, len(rows), found, arguments.note)


def record(name, tool, n_rows, found, note):
    path = ROOT / "benches/record/themes.csv"
    is_new = not path.exists()
    with open(path, "a", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        if is_new:
            writer.writerow(["date", "machine", "set", "texts", "tool", *FIGURES, "note"])
        machine = f"{os.cpu_count()} x {platform.machine()}"
        writer.writerow([datetime.date.today(), machine, name, n_rows, tool, *(round(found[figure], 4) for figure in FIGURES), note])


main()
