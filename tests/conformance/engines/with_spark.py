"""Spark in local mode; `mergeSchema` where months were written by several versions."""
import os

import pyspark
from pyspark.sql import SparkSession
from pyspark.sql import functions as f

KINDS = {
    "string": "utf8", "int": "int32", "bigint": "int64", "double": "float64", "boolean": "boolean", "date": "date32", "timestamp": "timestamp",
}


class Engine:
    """A temporary view is a handle: its name."""

    name = f"Spark {'.'.join(pyspark.__version__.split('.')[:2])}"
    version = pyspark.__version__
    spark = None

    def start(self, root, tables, outspoken):
        # Timestamps are handed to Python in the zone of the process.
        os.environ["TZ"] = "UTC"
        if Engine.spark is None:
            builder = SparkSession.builder.master("local[2]").appName("outspoken conformance")
            for key, value in {
                "spark.sql.session.timeZone": "UTC", "spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2",
                "spark.sql.parquet.mergeSchema": "true", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1",
            }.items():
                builder = builder.config(key, value)
            Engine.spark = builder.getOrCreate()
            Engine.spark.sparkContext.setLogLevel("ERROR")
        self.tables = tables
        for name in tables:
            self.spark.read.parquet(f"{root}/tables/{name}").createOrReplaceTempView(name)

    def types(self, name):
        return {column: KINDS.get(kind, kind) for column, kind in self.spark.table(name).dtypes}

    def rows(self, name, columns):
        return [tuple(row) for row in self.spark.table(name).select(*(quoted(c) for c in columns)).collect()]

    def figures(self, name, columns):
        parts = []
        for c, kind in columns.items():
            column = f.col(quoted(c))
            micros = f.unix_micros(column) if kind == "timestamp" else None
            days = f.datediff(column, f.lit("1970-01-01")) if kind == "date32" else None
            value = {
                "utf8": lambda: f.sum(f.length(column)), "float64": lambda: f.sum(f.round(column * 1e6).cast("bigint")),
                "boolean": lambda: f.sum(column.cast("int")), "date32": lambda: f.max(days) + f.min(days),
                "timestamp": lambda: f.max(micros) + f.min(micros),
            }.get(kind, lambda: f.sum(column))()
            parts += [f.count(column), value]
        row = self.spark.table(name).agg(*parts).collect()[0]
        return {c: [row[2 * i], int(row[2 * i + 1] or 0)] for i, c in enumerate(columns)}

    def orphans(self, child, columns, parent, to):
        on = " and ".join(f"c.{quoted(a)} = p.{quoted(b)}" for a, b in zip(columns, to))
        given = " and ".join(f"c.{quoted(a)} is not null" for a in columns)
        return self.one(f"select count(*) from `{child}` c left anti join `{parent}` p on {on} where {given}")

    def month(self, name, month):
        where = self.spark.table(name).where(f"p_month = date '{month}'")
        # The plan says which filters choose folders before any file is opened.
        plan = where._jdf.queryExecution().sparkPlan().toString()
        is_pruned = "p_month" in plan.partition("PartitionFilters: [")[2].partition("]")[0]
        return where.count(), 1 if is_pruned else len(where.inputFiles())

    def equal(self, name, column, value):
        return self.spark.table(name).where(f.col(quoted(column)) == value).count()

    def containing(self, name, column, needle):
        return self.spark.table(name).where(f.col(quoted(column)).contains(needle)).count()

    def misplaced(self):
        return self.one(
            """select count(*) from hotline_hit h join verbatim v using (verbatim_id)
               where not (substring(v.text, h.start_char + 1, h.end_char - h.start_char) <=> h.matched_text)"""
        )

    def measure(self, name, sql):
        return self.one(f"select {sql} from `{name}`")

    def one(self, sql):
        return self.spark.sql(sql).collect()[0][0]


def quoted(name):
    return f"`{name}`"
