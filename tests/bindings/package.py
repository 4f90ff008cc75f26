"""Is the package the program? Exit code 1 and a line for each thing that does not hold."""
import ast
import hashlib
import pathlib
import sys
import tempfile
import threading
import time

import duckdb
import outspoken
import pandas
import polars
import pyarrow as pa
import rows as r

faults = []
DEMO = r.ROOT / "datasets" / "demo"


def hold(is_held, what):
    if not is_held:
        faults.append(what)
        print(f"does not hold: {what}")


def raises(kind, act, *words):
    """The exception that `act` raises, with its words looked at."""
    try:
        act()
    except kind as error:
        for word in words:
            hold(word in str(error), f"`{word}` in: {error}")
        return error
    except Exception as error:  # noqa: BLE001
        hold(False, f"{type(error).__name__} instead of {kind.__name__}: {error}")
    else:
        hold(False, f"no {kind.__name__}")
    return None


def row_by_row(out, inputs):
    found = {name: [] for name in r.KEYS}
    for source, table in inputs.items():
        annotator = outspoken.Annotator(DEMO / "outspoken.toml", out, source=source, as_of=r.AS_OF)
        for name, rows in annotator.tables(table).items():
            if name in found:
                found[name].append(rows)
    for name, parts in found.items():
        ours, theirs = r.lines(pa.concat_tables(parts), name), r.lines(r.published(out, name), name)
        hold(len(theirs) > 0 and ours == theirs, f"{name}: {len(ours)} rows of the package, {len(theirs)} of the program, {len(set(ours) ^ set(theirs))} differ")
        hold(pa.concat_tables(parts).schema.equals(outspoken.schema(name), check_metadata=True), f"{name}: the schema is that of the tables")
    return found


def every_kind_of_data(out, table):
    annotator = outspoken.Annotator(DEMO / "outspoken.toml", out, source="relationship_survey", as_of=r.AS_OF, threads=1)
    whole = r.lines(annotator.annotate(table), "verbatim")
    chunked = pa.Table.from_batches(table.to_batches(max_chunksize=7))
    for name, data in {
        "chunks": chunked, "reader": chunked.to_reader(), "record batch": table.combine_chunks().to_batches()[0],
        "duckdb": duckdb.sql("select * from chunked"), "polars": polars.from_arrow(table), "pandas": pandas.DataFrame(table.to_pydict()).where(lambda f: f.notna(), None),
        "large text": table.cast(pa.schema([(field.name, pa.large_string()) for field in table.schema])),
        "dictionaries": pa.table({field.name: table[field.name].dictionary_encode() for field in table.schema}),
    }.items():
        hold(r.lines(annotator.annotate(data), "verbatim") == whole, f"the same rows as {name}")
    more = outspoken.Annotator(DEMO / "outspoken.toml", out, source="relationship_survey", as_of=r.AS_OF, threads=4)
    hold(r.lines(more.annotate(table), "verbatim") == whole, "threads change nothing")
    parts = [annotator.annotate(batch, part=True) for batch in table.to_batches(max_chunksize=50)]
    hold(r.lines(pa.concat_tables(parts), "verbatim") == whole, "parts are as the whole")
    empty = annotator.tables(table.slice(0, 0))
    hold(empty["verbatim"].num_rows == 0 and empty["verbatim"].schema.equals(outspoken.schema("verbatim")), "no rows")


def themes_of_parts(out, table):
    """Samples of parts, brought together in any order, grow the very registry of the run."""
    fresh = outspoken.Annotator(DEMO / "outspoken.toml", source="relationship_survey", as_of=r.AS_OF)
    hold(fresh.registry_version == 0 and fresh.themes().num_rows == 0, "no registry, no themes")
    parts = [fresh.sample(batch, part=True) for batch in table.to_batches(max_chunksize=70)]
    grown = []
    for samples in (fresh.sample(table), pa.concat_tables(reversed(parts)), outspoken.Annotator.smallest(pa.concat_tables(parts))):
        folder = out.parent / f"themes{len(grown)}"
        hold(fresh.grow(samples, folder) > 0, "themes were found")
        grown.append((folder / "registry.json").read_bytes())
    hold(grown[0] == grown[1] == grown[2], "the parts' themes are those of the whole")
    themes = outspoken.Annotator(DEMO / "outspoken.toml", out, source="relationship_survey", as_of=r.AS_OF).themes()
    run = {row["theme_id"]: row for row in r.published(out, "theme").to_pylist()}
    of_rows = ("label", "keywords", "parent_id", "level", "status", "area", "origin")
    hold(all(run[row["theme_id"]][name] == row[name] for row in themes.to_pylist() for name in of_rows), "the themes are those of the run")
    hold(themes.num_rows == len(run) and themes.schema.equals(outspoken.schema("theme")), "every theme has its row")


def exceptions(out, table):
    raises(outspoken.InputError, lambda: outspoken.Annotator(DEMO / "outspoken.toml", out, source="complaints").annotate(table), "case_no", "found:")
    raises(outspoken.SettingError, lambda: outspoken.Annotator(DEMO / "outspoken.toml"), "2 sources", "relationship_survey, complaints")
    raises(outspoken.SettingError, lambda: outspoken.Annotator(month="July"), "YYYY-MM")
    raises(outspoken.OutputError, lambda: outspoken.Annotator(registry="/nowhere"), "neither published tables nor a theme registry")
    raises(TypeError, lambda: outspoken.Annotator().annotate([1, 2]), "__arrow_c_stream__")
    raises(ValueError, lambda: outspoken.Annotator().annotate(table, "verbatims"), "tables of rows are response")
    part = raises(outspoken.InputError, lambda: outspoken.Annotator().annotate(table, part=True), "does not name its columns")
    hold(part is not None and "[[source]]" in (part.hint or ""), "the hint is there")
    raises(outspoken.InputError, lambda: outspoken.run("nothing.csv", "/tmp/never"), "hint:")
    # A row that cannot be used is told by its column, never by what it holds.
    said = ["zebra crossing was closed again", *(f"the weather was fine on day {i}" for i in range(9))]
    rows = pa.table({"id": [str(i) for i in range(10)], "comment": said, "date": ["soon", *["2026-07-01"] * 9]})
    refused = outspoken.Annotator(as_of=r.AS_OF).tables(rows)["reject"]
    hold(refused["reason"].to_pylist() == ["unreadable_date"], f"rejects are a table: {refused['reason'].to_pylist()}")
    hold("zebra" not in str(refused["detail"]), "a reject does not say what was said")


def the_interpreter_is_free(out, table):
    annotator = outspoken.Annotator(DEMO / "outspoken.toml", out, source="relationship_survey", as_of=r.AS_OF, threads=1)
    big = pa.concat_tables([table] * 8)
    done = threading.Event()
    thread = threading.Thread(target=lambda: (annotator.annotate(big), done.set()))
    thread.start()
    n_turns = 0
    while not done.is_set():
        n_turns += 1
        time.sleep(0.001)
    thread.join()
    hold(n_turns > 20, f"other threads ran {n_turns} times")


def bytes_of_a_run(outspoken_program, folder):
    inputs = [DEMO / "relationship_survey.csv", DEMO / "complaints.jsonl"]
    r.program(outspoken_program, "run", *inputs, "--out", folder / "a", "--config", DEMO / "outspoken.toml", "--as-of", r.AS_OF, "--quiet")
    manifest = outspoken.run(inputs, folder / "b", config=DEMO / "outspoken.toml", as_of=r.AS_OF, threads=1)
    hold(manifest["rows"]["read"] > 0 and manifest["run_id"], "the manifest is returned")
    for path in sorted((folder / "a" / "tables").resolve().glob("**/*.parquet")):
        other = (folder / "b" / "tables").resolve() / path.relative_to((folder / "a" / "tables").resolve())
        same = hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(other.read_bytes()).digest()
        hold(same, f"{other.relative_to(folder)} is byte for byte the program's")


def stubs():
    package = pathlib.Path(outspoken.__file__).parent
    tree = ast.parse((package / "_native.pyi").read_text(encoding="utf-8"))
    import outspoken._native as native

    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name != "ArrowStream":
            hold(hasattr(native, node.name), f"{node.name} of the stubs is there")
            hold(bool(ast.get_docstring(node)) or node.name == "run", f"{node.name} is documented")
            for inner in node.body if isinstance(node, ast.ClassDef) else []:
                if isinstance(inner, ast.FunctionDef):
                    hold(hasattr(getattr(native, node.name), inner.name), f"{node.name}.{inner.name} of the stubs is there")
    named = {node.name for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    hold(not [name for name in dir(native) if not name.startswith("_") and name[0].isupper() and name not in named | {"SCHEMA_VERSION"}], "stubs are complete")
    hold((package / "py.typed").exists(), "the package says that it is typed")


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="outspoken-package-") as folder:
        folder = pathlib.Path(folder)
        r.program(program, "demo", "--out", folder / "demo", "--quiet")
        survey = r.last_of_each(r.read_csv(DEMO / "relationship_survey.csv"), "Response ID")
        complaints = r.last_of_each(r.read_jsonl(DEMO / "complaints.jsonl"), "case_no")
        found = row_by_row(folder / "demo", {"relationship_survey": survey, "complaints": complaints})
        print("rows compared:", {name: sum(part.num_rows for part in parts) for name, parts in found.items()})
        every_kind_of_data(folder / "demo", survey)
        themes_of_parts(folder / "demo", survey)
        exceptions(folder / "demo", survey)
        the_interpreter_is_free(folder / "demo", survey)
        bytes_of_a_run(program, folder)
    stubs()
    print(f"outspoken {outspoken.__version__}: " + ("all held" if not faults else f"{len(faults)} did not hold"))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
