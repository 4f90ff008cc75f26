"""pandas with types backed by Arrow: with NumPy's, integers with nulls would become floats."""
import datetime

import pandas as pd
import pyarrow as pa

from .with_pyarrow import KINDS, TYPES


class Engine:
    """A frame is a handle."""

    name = "pandas"
    version = pd.__version__

    def start(self, root, tables, outspoken):
        self.root, self.tables, self.frames = root, tables, {}

    def read(self, name, **more):
        schema = pa.schema([(c["name"], TYPES[c["kind"]]) for c in self.tables[name]["columns"]])
        if self.tables[name]["partition"]:
            schema = schema.append(pa.field("p_month", pa.string()))
        return pd.read_parquet(f"{self.root}/tables/{name}", schema=schema, dtype_backend="pyarrow", **more)

    def frame(self, name):
        if name not in self.frames:
            self.frames[name] = self.read(name)
        return self.frames[name]

    def types(self, name):
        return {column: KINDS.get(str(dtype.pyarrow_dtype), str(dtype)) for column, dtype in self.frame(name).dtypes.items()}

    def rows(self, name, columns):
        frame = self.frame(name)
        return list(zip(*([None if value is pd.NA else value for value in frame[c].tolist()] for c in columns)))

    def figures(self, name, columns):
        frame, found = self.frame(name), {}
        for c, kind in columns.items():
            column = frame[c].dropna()
            if kind == "utf8":
                value = column.str.len().sum()
            elif kind == "float64":
                value = sum(round(x * 1e6) for x in column)
            elif kind == "date32":
                ends = [] if column.empty else [column.min(), column.max()]
                value = sum((day - datetime.date(1970, 1, 1)).days for day in ends)
            elif kind == "timestamp":
                epoch = pd.Timestamp(0, tz="UTC")
                value = 0 if column.empty else sum((time - epoch) // pd.Timedelta(microseconds=1) for time in (column.min(), column.max()))
            else:
                value = column.sum()
            found[c] = [len(column), int(value)]
        return found

    def orphans(self, child, columns, parent, to):
        children = self.frame(child)[columns].dropna()
        parents = self.frame(parent)[to].drop_duplicates().rename(columns=dict(zip(to, columns)))
        return int((children.merge(parents, on=columns, how="left", indicator=True)["_merge"] == "left_only").sum())

    def month(self, name, month):
        return len(self.read(name, filters=[("p_month", "=", month)])), None

    def equal(self, name, column, value):
        return len(self.read(name, filters=[(column, "=", value)]))

    def containing(self, name, column, needle):
        return int(self.frame(name)[column].str.contains(needle, regex=False).fillna(False).sum())

    def misplaced(self):
        hits = self.frame("hotline_hit").dropna(subset=["verbatim_id"])
        joined = hits.merge(self.frame("verbatim")[["verbatim_id", "text"]], on="verbatim_id")
        slices = [text[start:end] for text, start, end in zip(joined["text"], joined["start_char"], joined["end_char"])]
        return sum(a != b for a, b in zip(slices, joined["matched_text"]))
