"""The same analysis inside Spark.

    import outspoken.spark as voc

    voc.fit(df, "themes", config="outspoken.toml")                                 # once a month: themes, from a sample
    verbatims = voc.annotate(df, config="outspoken.toml", registry="themes")       # one table
    voc.write(df, "hdfs:///voc", config="outspoken.toml", registry="themes")       # every table of rows, as the program lays them out

Rows pass through `mapInArrow`; only the samples of `fit` are shuffled. Settings, rules, lexicons and themes go to each executor once, as a
broadcast, and are loaded once in each Python worker. Executors need this package, as the driver does. Since a partition is a part of more, the
settings have to name the columns, an id among them (see `Annotator.annotate`); what is missing is raised on the driver, before any task.

What belongs to a run is not here: `duplicate_of` and `linked_to` are null, of two rows with one id both are kept, and month figures are
for whoever adds the rows up.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import pathlib
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from . import Annotator, schema

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["annotate", "fit", "tables", "write"]

#: Tables that have a row for what is in a row of the input.
TABLES = ("response", "response_attribute", "verbatim", "clause", "hotline_hit", "hotline", "score", "reject")
_KINDS = {
    "string": "string",
    "int32": "int",
    "int64": "bigint",
    "double": "double",
    "bool": "boolean",
    "date32[day]": "date",
    "timestamp[us, tz=UTC]": "timestamp",
}


def annotate(df: DataFrame, *, table: str = "verbatim", **terms: Any) -> DataFrame:
    """One table of the output, for the rows of `df`. To have several, take `tables`: it analyses the rows once.

    `terms`: config, registry, source, month and as_of, as for `outspoken.Annotator`; the clock is settled here for all executors.
    """
    parcel = _Parcel.of(df, terms)

    def rows(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        annotator = parcel.annotator()
        for batch in batches:
            yield from annotator.annotate(batch, table, part=True).to_batches()

    return parcel.narrow(df).mapInArrow(rows, ddl(table))


def tables(df: DataFrame, **terms: Any) -> dict[str, DataFrame]:
    """Every table of rows and `theme`, by name, for the rows of `df`; `terms` as for `annotate`.

    The rows are analysed once, when a table is first asked for: what came out is kept on the executors' disks, packed, and unpacked for
    each table. `spark.catalog.clearCache()` gives the room back. `theme.example_verbatim_id` is null.
    """
    packed = _Packed(df, terms)
    found = packed.rows()
    return {**found, "theme": packed.themes(found["clause"])}


def write(df: DataFrame, out: str, *, mode: str = "error", **terms: Any) -> None:
    """Writes the tables of `tables` below `out/tables`, laid out as by the program: a folder a month, the types of the contract.

    `mode`: as of Spark's writer. `append` adds the rows of a new month; `overwrite` with `spark.sql.sources.partitionOverwriteMode=dynamic` replaces
    the months of `df`, and `reject` as a whole. `theme` is written anew each time, from the clauses of all months. Spark publishes each table by itself, not all in one step: have readers wait for `out/tables/_COMPLETE`, which goes first and is written last.
    """
    from pyspark.sql import functions as f

    spark = df.sparkSession
    packed = _Packed(df, terms)
    key, before = "spark.sql.parquet.outputTimestampType", spark.conf.get("spark.sql.parquet.outputTimestampType")
    # Spark's own default, INT96, is read by few tools.
    spark.conf.set(key, "TIMESTAMP_MICROS")
    try:
        found = packed.rows()
        _remove(spark, f"{out}/tables/_COMPLETE")
        for name, rows in found.items():
            if name == "reject":
                rows.coalesce(1).write.mode(mode).parquet(f"{out}/tables/{name}")
            elif rows.isEmpty():
                # A folder without a month holds no file, and a table without a file cannot be opened.
                rows.coalesce(1).write.mode(mode).parquet(f"{out}/tables/{name}/p_month={packed.parcel.month()}")
            else:
                month = f.date_format("report_month", "yyyy-MM-dd")
                rows.withColumn("p_month", month).write.mode(mode).partitionBy("p_month").parquet(f"{out}/tables/{name}")
        themes = packed.themes(spark.read.parquet(f"{out}/tables/clause"))
        themes.write.mode("overwrite").parquet(f"{out}/tables/theme")
        names = [(name,) for name in (*found, "theme")]
        spark.createDataFrame(names, "name string").coalesce(1).write.text(f"{out}/tables/_COMPLETE")
    finally:
        spark.conf.set(key, before)
        packed.forget()


def fit(df: DataFrame, out: str | os.PathLike[str], **terms: Any) -> int:
    """Lets the themes of `registry` (none: of nothing) grow by the months of `df`, and writes them into the folder `out` on the driver.

    Each task keeps, of each month, the 10,000 distinct verbatims with the smallest hashes, redacted; of those, one task a month keeps the same, and
    these come to the driver. So the themes are those that the program finds in the same rows, whatever the partitions. Returns their version.
    """
    parcel = _Parcel.of(df, terms)

    def take(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        annotator = parcel.annotator()
        return _smallest(annotator.sample(batch, part=True) for batch in batches)

    def join(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return _smallest(pa.Table.from_batches([batch]) for batch in batches)

    columns = "month date, hash string, text string, weight bigint"
    kept = parcel.narrow(df).mapInArrow(take, columns).repartition("month").mapInArrow(join, columns).collect()
    return parcel.annotator().grow(pa.Table.from_pylist([row.asDict() for row in kept], schema=_SAMPLE), out)


def ddl(table: str) -> str:
    """The columns of a table as Spark writes them down."""
    return ", ".join(f"`{field.name}` {_KINDS[str(field.type)]}" for field in schema(table))


class _Packed:
    """The rows' tables of a data frame, analysed once."""

    def __init__(self, df: DataFrame, terms: dict[str, Any]) -> None:
        from pyspark import StorageLevel

        self.spark, self.parcel = df.sparkSession, _Parcel.of(df, terms)
        packed = self.parcel.narrow(df).mapInArrow(_pack(self.parcel), "name string, rows binary")
        self.packed = packed.persist(StorageLevel.DISK_ONLY)

    def rows(self) -> dict[str, DataFrame]:
        """Each table of rows, unpacked."""
        packed = {name: self.packed.where(self.packed["name"] == name).select("rows") for name in TABLES}
        return {name: rows.mapInArrow(_unpack, ddl(name)) for name, rows in packed.items()}

    def themes(self, clauses: DataFrame) -> DataFrame:
        """The themes that the driver knows, with the months that clauses are of."""
        from pyspark.sql import functions as f

        themes = self.parcel.annotator().themes()
        known = self.spark.createDataFrame([tuple(row.values()) for row in themes.to_pylist()], ddl("theme"))
        months = clauses.where("theme_id is not null").groupBy("theme_id")
        met = months.agg(f.min("report_month").alias("first_month"), f.max("report_month").alias("last_month"))
        return known.drop("first_month", "last_month").join(met, "theme_id", "left").select(*themes.column_names).coalesce(1)

    def forget(self) -> None:
        """Gives the executors' disks back."""
        self.packed.unpersist()


class _Parcel:
    """What an executor needs of the driver's files, broadcast, and how to make an annotator of it."""

    def __init__(self, broadcast: Any, columns: list[str]) -> None:
        self.broadcast, self.columns = broadcast, columns

    @classmethod
    def of(cls, df: DataFrame, terms: dict[str, Any]) -> _Parcel:
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        config, registry = terms.pop("config", None), terms.pop("registry", None)
        words = {name: terms.pop(name, None) for name in ("source", "month", "as_of")}
        if terms:
            raise TypeError(f"unknown terms: {', '.join(sorted(terms))}")
        words["as_of"] = words["as_of"] or now
        # What is wrong with the settings, or does not fit the columns, is said here, not in the log of an executor.
        annotator = Annotator(config, registry, **words)
        annotator.annotate(_without_rows(df), part=True)
        files: dict[str, bytes] = {}
        if config is not None:
            files["config/outspoken.toml"] = pathlib.Path(config).read_bytes()
            for name in annotator.files:
                _gather(pathlib.Path(config).parent, pathlib.Path(name), "config", files)
        if registry is not None:
            folder = pathlib.Path(registry)
            folder = folder / "themes" if (folder / "themes" / "registry.json").exists() else folder
            for path in folder.iterdir():
                files[f"registry/{path.name}"] = path.read_bytes()
        digest = hashlib.sha256(repr(sorted(words.items())).encode())
        for name, data in sorted(files.items()):
            digest.update(f"{name} {len(data)} ".encode() + data)
        content = {"files": files, "words": words, "key": digest.hexdigest()}
        return cls(df.sparkSession.sparkContext.broadcast(content), annotator.columns)

    def annotator(self) -> Annotator:
        """The annotator of this process; made when it is first asked for."""
        content = self.broadcast.value
        with _LOCK:
            if content["key"] not in _ANNOTATORS:
                # Workers live on from job to job: those of the jobs before are let go.
                while len(_ANNOTATORS) >= _MAX_ANNOTATORS:
                    del _ANNOTATORS[next(iter(_ANNOTATORS))]
                _ANNOTATORS[content["key"]] = _unpacked(content)
            return _ANNOTATORS[content["key"]]

    def month(self) -> str:
        """The month of the clock: where a table without rows is put."""
        return f"{self.broadcast.value['words']['as_of'][:7]}-01"

    def narrow(self, df: DataFrame) -> DataFrame:
        """Only the columns that are read leave the engine."""
        wanted = {name.strip().lower() for name in self.columns}
        return df.select([df[_quoted(name)] for name in df.columns if name.strip().lower() in wanted])


_MAX_ANNOTATORS = 2
_ANNOTATORS: dict[str, Annotator] = {}
_LOCK = threading.Lock()


def _unpacked(content: dict[str, Any]) -> Annotator:
    """Loads what the driver sent; the files are not needed afterwards."""
    with tempfile.TemporaryDirectory(prefix="outspoken-") as folder:
        for name, data in content["files"].items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        config, registry = (pathlib.Path(folder, name) for name in ("config/outspoken.toml", "registry"))
        # An executor's cores are shared out by Spark: one thread for each task.
        return Annotator(config if config.exists() else None, registry if registry.exists() else None, threads=1, **content["words"])


def _gather(folder: pathlib.Path, name: pathlib.Path, prefix: str, files: dict[str, bytes]) -> None:
    if name.is_absolute() or ".." in name.parts:
        raise ValueError(f"`{name}` in the settings lies outside their folder and cannot be sent to executors: copy it beside them")
    path = folder / name
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            files[f"{prefix}/{file.relative_to(folder).as_posix()}"] = file.read_bytes()


def _without_rows(df: DataFrame) -> pa.Table:
    """The columns of a data frame as they will come to a task."""
    from pyspark.sql.pandas.types import to_arrow_type

    fields = []
    for field in df.schema.fields:
        try:
            fields.append((field.name, to_arrow_type(field.dataType)))
        except TypeError:
            # Not to be had in Arrow, so no column that settings could name.
            continue
    return pa.schema(fields).empty_table()


def _remove(spark: SparkSession, path: str) -> None:
    """Removes a folder of whatever file system, if it is there."""
    context = spark.sparkContext
    path = context._jvm.org.apache.hadoop.fs.Path(path)
    path.getFileSystem(context._jsc.hadoopConfiguration()).delete(path, True)


_SAMPLE = pa.schema([("month", pa.date32()), ("hash", pa.string()), ("text", pa.string()), ("weight", pa.int64())])
#: Texts of samples that are held before they are made few: the capacity of the samples of three months.
_HELD = 30_000


def _smallest(samples: Iterable[pa.Table]) -> Iterator[pa.RecordBatch]:
    """Of many samples those texts that themes are found from, with memory for those and some more."""

    def few() -> pa.Table:
        return Annotator.smallest(pa.concat_tables(held)).cast(_SAMPLE)

    held, n_held, n_kept = [_SAMPLE.empty_table()], 0, 0
    for sample in samples:
        held.append(sample.cast(_SAMPLE))
        n_held += sample.num_rows
        if n_held > 2 * n_kept + _HELD:
            held = [few()]
            n_held = n_kept = held[0].num_rows
    yield from few().to_batches(max_chunksize=_HELD)


def _pack(parcel: _Parcel) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def pack(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        annotator = parcel.annotator()
        for batch in batches:
            found = annotator.tables(batch, part=True)
            names = [name for name in TABLES if found[name].num_rows]
            yield pa.record_batch({"name": pa.array(names, pa.string()), "rows": pa.array([_packed(found[n]) for n in names], pa.binary())})

    return pack


def _packed(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema.remove_metadata(), options=pa.ipc.IpcWriteOptions(compression="lz4")) as stream:
        stream.write_table(table.replace_schema_metadata())
    return sink.getvalue().to_pybytes()


def _unpack(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        for rows in batch.column(0):
            yield from pa.ipc.open_stream(rows.as_buffer())


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
