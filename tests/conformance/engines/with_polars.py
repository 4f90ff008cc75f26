"""Polars, eager (`read_parquet`) and lazy (`scan_parquet`), with the schema of the program so that files of all versions fit together."""
import datetime
import re

import polars as pl

TYPES = {
    "utf8": pl.String, "int32": pl.Int32, "int64": pl.Int64, "float64": pl.Float64, "boolean": pl.Boolean, "date32": pl.Date,
    "timestamp": pl.Datetime("us", "UTC"),
}
KINDS = {str(polars() if isinstance(polars, type) else polars): kind for kind, polars in TYPES.items()}


class Eager:
    """A frame is a handle."""

    name = "Polars eager"
    version = pl.__version__

    def start(self, root, tables, outspoken):
        self.root, self.tables, self.frames = root, tables, {}

    def terms(self, name):
        table = self.tables[name]
        schema = {c["name"]: TYPES[c["kind"]] for c in table["columns"]}
        hive = {"hive_schema": {"p_month": pl.Date}} if table["partition"] else {}
        return {
            "source": f"{self.root}/{table['path']}", "schema": schema, "hive_partitioning": bool(hive), "missing_columns": "insert", **hive,
        }

    def frame(self, name):
        if name not in self.frames:
            try:
                self.frames[name] = pl.read_parquet(**self.terms(name))
            except pl.exceptions.SchemaError:
                # A month of a newer version has columns that are not known yet; only the lazy reader passes over them.
                self.frames[name] = pl.scan_parquet(**self.terms(name), extra_columns="ignore").collect()
        return self.frames[name]

    def lazy(self, name):
        return self.frame(name).lazy()

    def types(self, name):
        return {column: KINDS.get(str(dtype), str(dtype)) for column, dtype in self.lazy(name).collect_schema().items()}

    def rows(self, name, columns):
        return self.lazy(name).select(list(columns)).collect().rows()

    def figures(self, name, columns):
        parts = []
        for c, kind in columns.items():
            column = pl.col(c)
            value = {
                "utf8": column.str.len_chars().cast(pl.Int64).sum(), "float64": (column * 1e6).round().cast(pl.Int64).sum(),
                "date32": column.max().to_physical().cast(pl.Int64) + column.min().to_physical().cast(pl.Int64),
                "timestamp": column.max().to_physical() + column.min().to_physical(),
            }.get(kind, column.cast(pl.Int64, strict=True).sum() if kind != "boolean" else column.sum())
            parts += [column.count().alias(f"{c} n"), value.alias(f"{c} value")]
        row = self.lazy(name).select(parts).collect().row(0)
        return {c: [row[2 * i], int(row[2 * i + 1] or 0)] for i, c in enumerate(columns)}

    def orphans(self, child, columns, parent, to):
        children = self.lazy(child).select(columns).drop_nulls()
        return children.join(self.lazy(parent).select(to), left_on=columns, right_on=to, how="anti").select(pl.len()).collect().item()

    def month(self, name, month):
        return self.lazy(name).filter(pl.col("p_month") == datetime.date.fromisoformat(month)).select(pl.len()).collect().item(), None

    def equal(self, name, column, value):
        return self.lazy(name).filter(pl.col(column) == value).select(pl.len()).collect().item()

    def containing(self, name, column, needle):
        return self.lazy(name).filter(pl.col(column).str.contains(needle, literal=True)).select(pl.len()).collect().item()

    def misplaced(self):
        hits = self.lazy("hotline_hit").drop_nulls("verbatim_id")
        joined = hits.join(self.lazy("verbatim").select("verbatim_id", "text"), on="verbatim_id")
        found = pl.col("text").str.slice(pl.col("start_char"), (pl.col("end_char") - pl.col("start_char")).cast(pl.UInt64))
        return joined.filter(found.ne_missing(pl.col("matched_text"))).select(pl.len()).collect().item()

    def measure(self, name, sql):
        return pl.SQLContext({name: self.lazy(name)}).execute(f"select {sql} as value from {name}").collect().item()


class Lazy(Eager):
    """A plan is a handle: nothing is read before it is asked."""

    name = "Polars lazy"

    def lazy(self, name):
        return pl.scan_parquet(**self.terms(name), extra_columns="ignore")

    def month(self, name, month):
        plan = self.lazy(name).filter(pl.col("p_month") == datetime.date.fromisoformat(month))
        sources = re.findall(r"Parquet SCAN \[(.*?)\]", plan.explain())
        n_files = None
        if sources:
            more = re.search(r"(\d+) other sources", sources[0])
            n_files = sources[0].count(".parquet") + (int(more.group(1)) if more else 0)
        return plan.select(pl.len()).collect().item(), n_files
