"""pyarrow: a dataset a table, with the schema of the program so that files of all versions fit together."""
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

TYPES = {
    "utf8": pa.string(), "int32": pa.int32(), "int64": pa.int64(), "float64": pa.float64(), "boolean": pa.bool_(), "date32": pa.date32(),
    "timestamp": pa.timestamp("us", "UTC"),
}
KINDS = {str(arrow): kind for kind, arrow in TYPES.items()}


class Engine:
    """A table in memory is a handle."""

    name = "pyarrow"
    version = pa.__version__

    def start(self, root, tables, outspoken):
        self.tables = tables
        self.datasets = {name: self.dataset(root, table) for name, table in tables.items()}
        self.loaded = {}

    def dataset(self, root, table):
        schema = pa.schema([(c["name"], TYPES[c["kind"]]) for c in table["columns"]])
        partitioning = None
        if table["partition"]:
            schema = schema.append(pa.field("p_month", pa.string()))
            partitioning = ds.partitioning(pa.schema([("p_month", pa.string())]), flavor="hive")
        return ds.dataset(f"{root}/tables/{table['name']}", schema=schema, partitioning=partitioning, format="parquet")

    def table(self, name):
        if name not in self.loaded:
            self.loaded[name] = self.datasets[name].to_table()
        return self.loaded[name]

    def types(self, name):
        # What the files say, not what was asked for.
        found = {}
        for fragment in self.datasets[name].get_fragments():
            found.update({field.name: KINDS.get(str(field.type), str(field.type)) for field in fragment.physical_schema})
        return found

    def rows(self, name, columns):
        table = self.table(name).select(list(columns))
        return list(zip(*(column.to_pylist() for column in table.columns)))

    def figures(self, name, columns):
        return {c: figure(self.table(name)[c], kind) for c, kind in columns.items()}

    def orphans(self, child, columns, parent, to):
        children, parents = self.table(child).select(columns), self.table(parent).select(to)
        for column in columns:
            children = children.filter(pc.is_valid(children[column]))
        return children.join(parents, keys=columns, right_keys=to, join_type="left anti").num_rows

    def month(self, name, month):
        where = ds.field("p_month") == month
        return self.datasets[name].count_rows(filter=where), len(list(self.datasets[name].get_fragments(filter=where)))

    def equal(self, name, column, value):
        return self.datasets[name].count_rows(filter=ds.field(column) == value)

    def containing(self, name, column, needle):
        return self.datasets[name].count_rows(filter=pc.match_substring(ds.field(column), needle))

    def misplaced(self):
        hits = self.table("hotline_hit").select(["verbatim_id", "start_char", "end_char", "matched_text"])
        hits = hits.filter(pc.is_valid(hits["verbatim_id"]))
        joined = hits.join(self.table("verbatim").select(["verbatim_id", "text"]), keys=["verbatim_id"])
        # The slice takes fixed ends only, so each row is sliced on its own.
        wrong = 0
        for row in joined.to_pylist():
            found = pc.utf8_slice_codeunits(pa.scalar(row["text"]), row["start_char"], row["end_char"]).as_py()
            wrong += found != row["matched_text"]
        return wrong


def figure(column, kind):
    n = len(column) - column.null_count
    if kind == "utf8":
        value = pc.sum(pc.utf8_length(column)).as_py()
    elif kind == "float64":
        value = pc.sum(pc.cast(pc.round(pc.multiply(column, 1e6)), pa.int64())).as_py()
    elif kind in ("date32", "timestamp"):
        whole = column.cast(pa.int32() if kind == "date32" else pa.int64())
        ends = pc.min_max(whole).as_py()
        value = (ends["min"] or 0) + (ends["max"] or 0)
    else:
        value = pc.sum(column).as_py()
    return [n, value or 0]
