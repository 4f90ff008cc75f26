"""What is every tool asked? Prints the answers of one tool over one or more output directories as JSON.

    python questions.py TOOL OUTSPOKEN SCHEMA.json NAME=DIR...

TOOL is a module of engines/ and a class in it: with_polars:Lazy. What is compared is what the tool itself computed; a question that it
cannot be asked has no answer, a question on which it fails has the error.
"""
import datetime
import hashlib
import importlib
import json
import pathlib
import sys

# Texts that are looked for in the corpora of the same names; elsewhere they occur nowhere, which every tool has to find too.
NEEDLES = ["👩🏽\u200d🔧", "לבטל", "الفاتورة", "𠜎", "invoice", "50%", "a_b", "\\"]


def ask(engine, root, tables, outspoken):
    engine.start(root, tables, outspoken)
    answers = {}

    def put(question, answer):
        try:
            answers[question] = answer()
        except NotImplementedError:
            pass
        except Exception as error:  # noqa: BLE001: whatever a tool throws is its answer
            answers[question] = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"[:300]

    kinds = {name: {c["name"]: c["kind"] for c in table["columns"]} for name, table in tables.items()}
    for name, columns in kinds.items():
        put(f"types {name}", lambda: mismatches(engine.types(name), columns))
        put(f"rows {name}", lambda: digest(engine.rows(name, columns)))
        put(f"figures {name}", lambda: engine.figures(name, columns))
    for name, table in tables.items():
        for reference in table["references"]:
            question = f"joins {name}.{','.join(reference['columns'])}"
            put(question, lambda: engine.orphans(name, reference["columns"], reference["table"], reference["to"]))
    for name, table in tables.items():
        folders = sorted(folder.name.partition("=")[2] for folder in pathlib.Path(root, "tables", name).glob("p_month=*"))
        if table["partition"]:
            put(f"months {name}", lambda: [[*engine.month(name, month)] for month in folders[-2:]])
    for i, needle in enumerate(NEEDLES):
        put(f"filters containing {i}", lambda: engine.containing("verbatim", "text", needle))
    for table, column, value in [
        ("response", "segment", "Küche 🍳"), ("response", "segment", "שירות"), ("response", "source", "edge"), ("hotline", "route", "care"),
        ("reject", "column", "received"), ("response", "nps_class", "promoter"),
    ]:
        put(f"filters {table}.{column} = {value}", lambda: engine.equal(table, column, value))
    put("spans", engine.misplaced)
    if hasattr(engine, "measure"):
        for name, table in tables.items():
            for measure in table["measures"]:
                put(f"measures {measure['name']}", lambda: number(engine.measure(name, measure["sql"])))
    return answers


def mismatches(found, expected):
    """Columns whose type is another one; columns that are not known yet do not count."""
    return {name: found.get(name) for name, kind in expected.items() if found.get(name) != kind}


def digest(rows):
    """Number of rows, and a hash of all of them in an order of its own."""
    lines = sorted(json.dumps([plain(value) for value in row], ensure_ascii=False) for row in rows)
    return [len(lines), hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()[:16]]


def plain(value):
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, datetime.datetime):
        zoned = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        return zoned.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float):
        return None if value != value else repr(round(value, 6))
    return repr(int(value))


def number(value):
    """Means are summed in each tool's own order: nine digits are held."""
    return None if value is None else float(f"{float(value):.9g}")


def main():
    tool, outspoken, schema, *corpora = sys.argv[1:]
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    module, _, kind = tool.partition(":")
    engine_class = getattr(importlib.import_module(f"engines.{module}"), kind or "Engine")
    with open(schema, encoding="utf-8") as file:
        tables = {table["name"]: table for table in json.load(file)["tables"]}
    answers = {"name": engine_class.name, "version": engine_class.version, "corpora": {}}
    for corpus in corpora:
        name, _, root = corpus.partition("=")
        answers["corpora"][name] = ask(engine_class(), root, tables, outspoken)
    json.dump(answers, sys.stdout, ensure_ascii=True)


if __name__ == "__main__":
    main()
