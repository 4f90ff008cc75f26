"""DuckDB, through the views that `outspoken schema --duckdb` prints."""
import re
import subprocess

import duckdb

KINDS = {
    "VARCHAR": "utf8", "INTEGER": "int32", "BIGINT": "int64", "DOUBLE": "float64", "BOOLEAN": "boolean", "DATE": "date32",
    "TIMESTAMP WITH TIME ZONE": "timestamp",
}
FIGURE = {
    "utf8": "sum(length({c}))", "int32": "sum({c})", "int64": "sum({c})", "float64": "sum(cast(round({c} * 1000000) as hugeint))",
    "boolean": "count(*) filter ({c})", "date32": "max({c} - date '1970-01-01') + min({c} - date '1970-01-01')",
    "timestamp": "max(epoch_us({c})) + min(epoch_us({c}))",
}


class Engine:
    """A view is a handle: its name."""

    name = "DuckDB"
    version = duckdb.__version__

    def start(self, root, tables, outspoken):
        self.db = duckdb.connect()
        self.db.execute(subprocess.run([outspoken, "schema", "--duckdb", "--out", root], check=True, capture_output=True, text=True).stdout)
        self.tables = tables

    def types(self, table):
        described = self.db.execute(f'describe "{table}"').fetchall()
        return {row[0]: KINDS.get(row[1], row[1]) for row in described}

    def rows(self, table, columns):
        return self.db.execute(f'select {", ".join(quoted(c) for c in columns)} from "{table}"').fetchall()

    def figures(self, table, columns):
        parts = [f"count({quoted(c)}), {FIGURE[kind].format(c=quoted(c))}" for c, kind in columns.items()]
        row = self.db.execute(f'select {", ".join(parts)} from "{table}"').fetchone()
        return {c: [row[2 * i], int(row[2 * i + 1] or 0)] for i, c in enumerate(columns)}

    def orphans(self, child, columns, parent, to):
        on = " and ".join(f"c.{quoted(a)} = p.{quoted(b)}" for a, b in zip(columns, to))
        given = " and ".join(f"c.{quoted(a)} is not null" for a in columns)
        return self.db.execute(f'select count(*) from "{child}" c anti join "{parent}" p on {on} where {given}').fetchone()[0]

    def month(self, table, month):
        where = f"from \"{table}\" where p_month = date '{month}'"
        plan = self.db.execute(f"explain analyze select * {where}").fetchall()[0][1]
        read = re.search(r"(?:Total Files Read|Scanning Files):\s*(\d+)", plan)
        return self.db.execute(f"select count(*) {where}").fetchone()[0], int(read.group(1))

    def equal(self, table, column, value):
        return self.db.execute(f'select count(*) from "{table}" where {quoted(column)} = ?', [value]).fetchone()[0]

    def containing(self, table, column, needle):
        return self.db.execute(f'select count(*) from "{table}" where contains({quoted(column)}, ?)', [needle]).fetchone()[0]

    def misplaced(self):
        sql = """select count(*) from hotline_hit h join verbatim v using (verbatim_id)
                 where substring(v.text, h.start_char + 1, h.end_char - h.start_char) is distinct from h.matched_text"""
        return self.db.execute(sql).fetchone()[0]

    def measure(self, table, sql):
        return self.db.execute(f'select {sql} from "{table}"').fetchone()[0]


def quoted(name):
    return f'"{name}"'
