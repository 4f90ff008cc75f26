"""Tableau's engine, Hyper, over the files as external tables; what it reads Tableau reads."""
import atexit
import pathlib

import tableauhyperapi as hyper

KINDS = {
    "TEXT": "utf8", "INTEGER": "int32", "INT": "int32", "BIG_INT": "int64", "BIGINT": "int64", "DOUBLE": "float64", "DOUBLE PRECISION": "float64",
    "BOOL": "boolean", "BOOLEAN": "boolean", "DATE": "date32", "TIMESTAMP_TZ": "timestamp", "TIMESTAMP WITH TIME ZONE": "timestamp",
}

SQL = {
    "utf8": "text", "int32": "integer", "int64": "bigint", "float64": "double precision", "boolean": "boolean", "date32": "date",
    "timestamp": "timestamp with time zone",
}


class Engine:
    """A temporary external table is a handle: its name."""

    name = "Tableau Hyper"
    version = hyper.__version__
    process = None

    def start(self, root, tables, outspoken):
        if Engine.process is None:
            Engine.process = hyper.HyperProcess(hyper.Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, parameters={"log_config": ""})
            # Its classes warn about connections that live as long as the process.
            atexit.register(Engine.process.close)
        self.db, self.tables = hyper.Connection(Engine.process.endpoint), tables
        atexit.register(self.db.close)
        for name, table in tables.items():
            self.open(name, table, sorted(map(str, pathlib.Path(root).glob(table["path"]))))

    def open(self, name, table, files):
        """One external table over all files; where versions of the program wrote months, one for each set of columns, put together."""
        groups = {}
        for path in files:
            groups.setdefault(self.columns(path), []).append(path)
        for i, paths in enumerate(groups.values()):
            listed = ", ".join(literal(path) for path in paths)
            view = name if len(groups) == 1 else f"{name} {i}"
            self.db.execute_command(f"create temporary external table {quoted(view)} for array[{listed}] with (format => 'parquet')")
        if len(groups) > 1:
            parts = []
            for i, found in enumerate(groups):
                cells = [quoted(c["name"]) if c["name"] in found else f"cast(null as {SQL[c['kind']]})" for c in table["columns"]]
                parts.append("select " + ", ".join(f"{cell} as {quoted(c['name'])}" for cell, c in zip(cells, table["columns"])) + f' from "{name} {i}"')
            self.db.execute_command(f"create temporary table {quoted(name)} as ({' union all '.join(parts)})")

    def columns(self, path):
        with self.db.execute_query(f"select * from external({literal(path)}, format => 'parquet') limit 0") as found:
            return frozenset(str(c.name.unescaped) for c in found.schema.columns)

    def types(self, name):
        with self.db.execute_query(f'select * from "{name}" limit 0') as found:
            return {str(c.name.unescaped): KINDS.get(str(c.type), str(c.type)) for c in found.schema.columns}

    def rows(self, name, columns):
        found = self.db.execute_list_query(f'select {", ".join(quoted(c) for c in columns)} from "{name}"')
        return [tuple(python(value) for value in row) for row in found]

    def figures(self, name, columns):
        parts = []
        for c, kind in columns.items():
            column = quoted(c)
            value = {
                "utf8": f"sum(length({column}))", "float64": f"sum(cast(round({column} * 1000000) as bigint))", "boolean": f"sum(case when {column} then 1 end)",
                "date32": f"(max({column}) - date '1970-01-01') + (min({column}) - date '1970-01-01')",
                "timestamp": f"cast(extract(epoch from max({column})) * 1000000 as bigint) + cast(extract(epoch from min({column})) * 1000000 as bigint)",
            }.get(kind, f"sum({column})")
            parts += [f"count({column})", value]
        row = self.db.execute_list_query(f'select {", ".join(parts)} from "{name}"')[0]
        return {c: [row[2 * i], int(row[2 * i + 1] or 0)] for i, c in enumerate(columns)}

    def orphans(self, child, columns, parent, to):
        on = " and ".join(f"c.{quoted(a)} = p.{quoted(b)}" for a, b in zip(columns, to))
        given = " and ".join(f"c.{quoted(a)} is not null" for a in columns)
        return self.one(f'select count(*) from "{child}" c where {given} and not exists (select 1 from "{parent}" p where {on})')

    def month(self, name, month):
        # Hyper knows no folders: the column in the file gives the month.
        return self.one(f"select count(*) from \"{name}\" where report_month = date '{month}'"), None

    def equal(self, name, column, value):
        return self.one(f'select count(*) from "{name}" where {quoted(column)} = {literal(value)}')

    def containing(self, name, column, needle):
        return self.one(f'select count(*) from "{name}" where strpos({quoted(column)}, {literal(needle)}) > 0')

    def misplaced(self):
        return self.one(
            """select count(*) from hotline_hit h join verbatim v on h.verbatim_id = v.verbatim_id
               where substring(v.text from h.start_char + 1 for h.end_char - h.start_char) is distinct from h.matched_text"""
        )

    def measure(self, name, sql):
        return self.one(f'select {sql} from "{name}"')

    def one(self, sql):
        return self.db.execute_scalar_query(sql)


def python(value):
    if isinstance(value, hyper.Timestamp):
        return value.to_datetime()
    return value.to_date() if isinstance(value, hyper.Date) else value


def quoted(name):
    return f'"{name}"'


def literal(value):
    return "'" + value.replace("'", "''") + "'"
