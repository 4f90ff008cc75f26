"""Are the answers of all tools equal, and are they what the tables promise?"""
import math
import pathlib
import re

import duckdb
import pyarrow.parquet as pq

# Questions by what a reader of the page wants to know.
AREAS = {
    "types": "every table and column opens with its declared type, tables without rows included",
    "rows": "every cell of every table is equal",
    "figures": "counts and sums, computed by the tool, are equal",
    "joins": "joins over every reference find every row",
    "months": "a month is read by its folder, other folders are not opened",
    "filters": "filters on text: emoji, right-to-left scripts, wildcards taken literally",
    "spans": "spans cut out what was matched",
    "measures": "measures as SQL give equal figures",
}
BEGIN, END = "<!-- result of tests/conformance/run --write -->", "<!-- end of result -->"


class Result:
    """What held and what did not, by area and tool."""

    def __init__(self, tools):
        self.tools, self.n_held, self.faults, self.cells, self.notes = tools, 0, [], {}, []

    def hold(self, is_held, area, tool, what):
        held, of = self.cells.get((area, tool), (0, 0))
        self.cells[(area, tool)] = (held + bool(is_held), of + 1)
        self.n_held += bool(is_held)
        if not is_held:
            self.faults.append(f"{tool}, {what}")

    def markdown(self):
        lines = ["| | " + " | ".join(f"{name.removesuffix(' ' + '.'.join(version.split('.')[:2]))} {version}" for name, version in self.tools) + " |", "| --- |" + " --- |" * len(self.tools)]
        for area, about in AREAS.items():
            cells = [self.cells.get((area, name)) for name, _ in self.tools]
            lines.append(f"| {about} | " + " | ".join("–" if cell is None else cell_text(*cell) for cell in cells) + " |")
        return "\n".join(lines + [""] + self.notes)


def cell_text(held, of):
    return f"{of}" if held == of else f"**{held} of {of}**"


def compare(corpora, tables, answers):
    result = Result([(answer["name"], answer["version"]) for answer in answers])
    for corpus in corpora:
        questions = {question: None for answer in answers for question in answer["corpora"][corpus.name]}
        for question in questions:
            given = {a["name"]: a["corpora"][corpus.name][question] for a in answers if question in a["corpora"][corpus.name]}
            expected = expectation(corpus, question, given)
            for tool, answer in given.items():
                is_held = holds(corpus, question, answer, expected)
                result.hold(is_held, question.split()[0], tool, f"{corpus.name}: {question}: {answer}, not {expected}")
    n_files = files_hold(corpora, tables, result)
    n_figures = figures_hold(corpora, tables, result)
    result.notes = [
        f"Numbers are checks that held, over {len(corpora)} output directories ({', '.join(c.name for c in corpora)}). Beside them "
        f"{n_files} checks of files for Power BI and Tableau, and {n_figures} measures held against the tables of figures, "
        + ("all held." if not result.faults else f"{len(result.faults)} checks did not hold."),
    ]
    return result


def expectation(corpus, question, given):
    """What most tools say, unless it is known."""
    area, _, rest = question.partition(" ")
    if area in ("joins", "spans"):
        return 0
    if area == "types":
        return {}
    values = [answer for answer in given.values() if not isinstance(answer, str)]
    if area == "months":
        return [[n for n, _ in answer] for answer in values[:1]][0] if values else None
    majority = max(values, key=values.count, default=None)
    if rest == "response" and area == "rows" and corpus.n_responses is not None and majority[0] != corpus.n_responses:
        return [corpus.n_responses, "?"]
    return majority


def holds(corpus, question, answer, expected):
    if isinstance(answer, str):
        return False
    if question.startswith("months "):
        table = question.partition(" ")[2]
        folders = sorted(pathlib.Path(corpus.root, "tables", table).glob("p_month=*"))[-2:]
        n_files = [len(list(folder.glob("*.parquet"))) for folder in folders]
        return [n for n, _ in answer] == expected and all(read is None or read <= n for (_, read), n in zip(answer, n_files))
    if question.startswith("measures ") and isinstance(expected, float) and isinstance(answer, float):
        return math.isclose(answer, expected, rel_tol=1e-7, abs_tol=1e-9)
    return answer == expected


def files_hold(corpora, tables, result):
    """What Power BI's Parquet connector and Tableau's Hyper document that they need, from the files themselves."""
    n = 0
    for corpus in corpora:
        for table in tables:
            for path in sorted(pathlib.Path(corpus.root).glob(table["path"])):
                file = pq.ParquetFile(path)
                for what, is_held in file_checks(file, table, corpus.name == "grown"):
                    n += 1
                    if not is_held:
                        result.faults.append(f"files, {corpus.name}: {path.parent.name}/{path.name} of {table['name']}: {what}")
                    else:
                        result.n_held += 1
    return n


def file_checks(file, table, is_foreign):
    metadata, names = file.metadata, [field.name for field in file.schema_arrow]
    columns = [file.schema.column(i) for i in range(len(names))]
    yield "columns are flat", all(c.max_repetition_level == 0 and c.max_definition_level <= 1 and c.path == c.name for c in columns)
    yield "physical types are plain", all(c.physical_type in ("BYTE_ARRAY", "INT32", "INT64", "DOUBLE", "BOOLEAN") for c in columns)
    yield "text is marked as UTF-8", all(c.logical_type.type == "STRING" for c in columns if c.physical_type == "BYTE_ARRAY")
    times = [str(c.logical_type) for c in columns if c.logical_type.type == "TIMESTAMP"]
    yield "times are UTC in microseconds", all("isAdjustedToUTC=true" in t and "timeUnit=microseconds" in t for t in times)
    yield "names are lower case words", all(re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) for name in names)
    yield "names differ by more than case", len({name.lower() for name in names}) == len(names)
    yield "the folder's key is no column", "p_month" not in names
    yield "the month is a column too", table["partition"] is None or "report_month" in names
    groups = [metadata.row_group(i) for i in range(metadata.num_row_groups)]
    chunks = [group.column(i) for group in groups for i in range(group.num_columns)]
    if not is_foreign:
        yield "encodings are those of Parquet 1", all(set(c.encodings) <= {"PLAIN", "RLE", "PLAIN_DICTIONARY", "RLE_DICTIONARY", "BIT_PACKED"} for c in chunks)
        yield "pages are snappy", all(c.compression == "SNAPPY" for c in chunks)
        yield "the footer says who wrote it", b"outspoken.schema_version" in (metadata.metadata or {})
        yield "statistics are there", all(c.statistics is not None for c in chunks)
    yield "row groups end in time", all(group.num_rows <= 122_880 and group.total_byte_size <= 40 << 20 for group in groups)


def figures_hold(corpora, tables, result):
    """A measure over rows is the figure that the program computed over the same rows."""
    n = 0
    measures = {measure["name"]: measure["sql"] for table in tables for measure in table["measures"]}
    for corpus in corpora:
        db = duckdb.connect()
        for table in tables:
            hive = "true" if table["partition"] else "false"
            path = f"{corpus.root}/{table['path']}"
            db.execute(f"create view \"{table['name']}\" as select * from read_parquet('{path}', hive_partitioning={hive}, union_by_name=true)")
        pairs = {
            "nps": ("kpi_month", "statistic = 'nps'", "response", ""),
            "score_mean": ("kpi_month", "statistic = 'mean'", "score", "measure"),
            "top_box": ("kpi_month", "statistic = 'top_box'", "score", "measure"),
            "top_band": ("kpi_month", "statistic = 'top_band'", "score", "measure"),
            "top_2_box": ("kpi_month", "statistic = 'top_2_box'", "score", "measure"),
            "bottom_box": ("kpi_month", "statistic = 'bottom_box'", "score", "measure"),
        }
        for name, (_, statistic, rows, by) in pairs.items():
            keys = ", ".join(["source", "report_month", *([by] if by else [])])
            sql = f"""select count(*), count(*) filter (abs(k.value - r.value) > 1e-5)
                      from (select * from kpi_month where {statistic} and window_months = 1 and dimension = 'all' and value is not null
                            and (area is null or measure in (select measure from score group by measure having count(distinct area) <= 1))) k
                      join (select {keys}, {measures[name]} as value from {rows} group by all) r using ({keys})"""
            n_pairs, n_wrong = db.execute(sql).fetchone()
            n += n_pairs
            result.n_held += n_pairs - n_wrong
            if n_wrong:
                result.faults.append(f"figures, {corpus.name}: {n_wrong} of {n_pairs} months of `{name}` are not as kpi_month")
        for name, table, rows, sql in [
            ("responses", "account_month", "response", # Of accounts that are named by their id: an account file finds others by name.
             "select count(*) from account_month a join (select source, report_month, account_id, count(*) as n from response group by all) using (source, report_month, account_id) where responses <> n"),
            ("theme_share", "theme_month", "theme_month", f"select count(*) from (select share, {measures['theme_share']} as v from theme_month where dimension = 'all' group by source, theme_id, report_month, share) where abs(share - v) > 1e-5"),
        ]:
            n += 1
            n_wrong = db.execute(sql).fetchone()[0]
            result.n_held += n_wrong == 0
            if n_wrong:
                result.faults.append(f"figures, {corpus.name}: `{name}` over {rows} is not as {table} in {n_wrong} rows")
    return n


def write(page, result):
    """Puts the result into the page, between its two marks."""
    text = page.read_text(encoding="utf-8")
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    page.write_text(f"{head}{BEGIN}\n{result.markdown()}\n{END}{tail}", encoding="utf-8")
