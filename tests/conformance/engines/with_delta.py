"""delta-rs: a copy of the tables is converted where it lies, and read as Delta tables."""
import shutil
import tempfile

import deltalake

from . import with_pyarrow


class Engine(with_pyarrow.Engine):
    """As pyarrow, over the files that the Delta log lists."""

    name = "delta-rs"
    version = deltalake.__version__

    def start(self, root, tables, outspoken):
        self.folder = tempfile.TemporaryDirectory(prefix="outspoken-delta-")
        shutil.copytree(f"{root}/tables/", f"{self.folder.name}/tables")
        self.logs = {}
        super().start(self.folder.name, tables, outspoken)

    def dataset(self, root, table):
        path = f"{root}/tables/{table['name']}"
        parts = deltalake.Schema([deltalake.Field("p_month", "string")]) if table["partition"] else None
        deltalake.convert_to_deltalake(path, partition_by=parts, partition_strategy="hive" if parts else None)
        self.logs[table["name"]] = deltalake.DeltaTable(path)
        return self.logs[table["name"]].to_pyarrow_dataset()

    def types(self, name):
        schema = self.logs[name].to_pyarrow_dataset().schema
        return {field.name: with_pyarrow.KINDS.get(str(field.type), str(field.type)) for field in schema}

    def month(self, name, month):
        return self.datasets[name].count_rows(filter=with_pyarrow.ds.field("p_month") == month), len(
            self.logs[name].file_uris(partition_filters=[("p_month", "=", month)])
        )
