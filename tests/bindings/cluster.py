"""Does Spark give what one machine gives? A cluster of two executor processes, many partitions, one executor killed on the way.

Exit code 1 and a line for each thing that does not hold. With OUTSPOKEN_CLUSTER_SCALE=1 the same rows first with one and with two executors and
nothing killed: what each took, and what was shuffled, as lines of JSON.
"""
import json
import os
import pathlib
import sys
import tempfile
import time

import outspoken.spark
import pyarrow as pa
import pyarrow.parquet as pq
import pyspark
import rows as r
from pyspark.sql import SparkSession

N_ROWS = int(os.environ.get("OUTSPOKEN_CLUSTER_ROWS", 8_000))
IS_SCALE = bool(os.environ.get("OUTSPOKEN_CLUSTER_SCALE"))
N_PARTITIONS = 24
SETTINGS = pathlib.Path(__file__).resolve().parent / "synth.toml"
faults = []


def hold(is_held, what):
    if not is_held:
        faults.append(what)
        print(f"does not hold: {what}", flush=True)


def session(n_executors):
    """A cluster on this machine: a master, workers, and in each worker an executor process of one core."""
    os.environ["SPARK_HOME"] = str(pathlib.Path(pyspark.__file__).parent)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["TZ"], os.environ["SPARK_LOCAL_IP"] = "UTC", "127.0.0.1"
    terms = {
        "spark.sql.session.timeZone": "UTC", "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.shuffle.partitions": "4",
        "spark.executorEnv.TZ": "UTC", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1", "spark.executor.memory": "1g",
        # Small, so that a partition is several batches.
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(max(500, N_ROWS // N_PARTITIONS // 3)),
    }
    builder = SparkSession.builder.master(f"local-cluster[{n_executors},1,1024]").appName("outspoken")
    for key, value in terms.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def killing(marker):
    """Hands rows on; the first task that gets there ends the executor that it runs in."""

    def rows(batches):
        for batch in batches:
            try:
                os.close(os.open(marker, os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                yield batch
                continue
            # The worker's parent is the daemon of the executor's workers, and the daemon's parent is the executor.
            daemon = os.getppid()
            with open(f"/proc/{daemon}/stat", encoding="ascii") as file:
                executor = int(file.read().rpartition(")")[2].split()[1])
            with open(f"/proc/{executor}/cmdline", encoding="utf-8", errors="replace") as file:
                if "CoarseGrainedExecutorBackend" not in file.read():
                    raise RuntimeError("this is no executor of its own")
            os.kill(executor, 9)
            time.sleep(60)

    return rows


def shuffled(spark):
    """Bytes that tasks wrote for other tasks, so far."""
    context = spark.sparkContext
    none, no_quantiles = context._jvm.java.util.ArrayList(), context._gateway.new_array(context._jvm.double, 0)
    stages = context._jsc.sc().statusStore().stageList(none, False, False, no_quantiles, none)
    return sum(stages.apply(i).shuffleWriteBytes() for i in range(stages.size()))


def cpu_seconds():
    """Seconds of processor time of this process and all below it: driver, executors and their Python workers. Says what work costs also on a
    machine that is busy with other things."""
    ticks, parents, ours = {}, {}, {os.getpid()}
    for folder in pathlib.Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            # utime, stime, and those of children that have ended.
            ticks[int(folder.name)], parents[int(folder.name)] = sum(map(int, fields[11:15])), int(fields[1])
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(ticks[pid] for pid in ours) / os.sysconf("SC_CLK_TCK")


class Job:
    """The whole of it on a cluster of so many executors: themes, then tables."""

    def __init__(self, folder, n_executors, kills):
        self.out, self.themes = folder / f"spark-{n_executors}{kills}", folder / f"themes-{n_executors}{kills}"
        self.spark = session(n_executors)
        df = self.spark.read.parquet(str(folder / "rows.parquet")).repartition(N_PARTITIONS, "`Response ID`")
        terms = {"config": SETTINGS, "as_of": r.AS_OF}
        begun, before = time.monotonic(), shuffled(self.spark)
        # What starting and the repartitioning take by themselves.
        df.write.format("noop").mode("overwrite").save()
        started, bare, cpu_before = time.monotonic(), shuffled(self.spark), cpu_seconds()
        version = outspoken.spark.fit(df, self.themes, **terms)
        fitted, after, cpu_fitted = time.monotonic(), shuffled(self.spark), cpu_seconds()
        hold(version > 0, "themes were found")
        if kills:
            marker = str(folder / "killed")
            df = df.mapInArrow(killing(marker), df.schema)
        outspoken.spark.write(df, str(self.out), registry=self.themes, **terms)
        if kills:
            hold(os.path.exists(marker), "an executor was killed")
        self.took = {
            "rows": N_ROWS, "executors": n_executors, "killed": kills, "start_s": round(started - begun, 1), "fit_s": round(fitted - started, 1),
            "write_s": round(time.monotonic() - fitted, 1), "fit_cpu_s": round(cpu_fitted - cpu_before, 1),
            "write_cpu_s": round(cpu_seconds() - cpu_fitted, 1), "fit_shuffle_mb": round((after - bare - (bare - before)) / 1e6, 1),
        }
        print(json.dumps({"spark": pyspark.__version__, **self.took}), flush=True)


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="outspoken-cluster-") as folder:
        folder = pathlib.Path(folder)
        r.program(program, "synth", "--rows", N_ROWS, "--seed", "11", "--out", folder / "rows.csv")
        table = r.last_of_each(r.read_csv(folder / "rows.csv"), "Response ID")
        pq.write_table(table, folder / "rows.parquet")
        begun = time.monotonic()
        r.program(program, "run", folder / "rows.csv", "--out", folder / "one", "--config", SETTINGS, "--as-of", r.AS_OF, "--quiet")
        print(f"one machine, the whole job: {time.monotonic() - begun:.1f} s for {table.num_rows} rows", flush=True)
        for n_executors in (1, 2) if IS_SCALE else ():
            Job(folder, n_executors, 0).spark.stop()
        job = Job(folder, 2, 1)
        same(folder / "one", job.out)
        contract(job.out)
        figures(job.spark, program, folder / "one", job.out)
        themes = [(path / "registry.json").read_bytes() for path in (folder / "one" / "themes", job.themes)]
        hold(themes[0] == themes[1], "the themes are those of one machine")
        month_by_month(job, folder)
        refused(job.spark, folder)
        job.spark.stop()
    print("all held" if not faults else f"{len(faults)} did not hold")
    return 1 if faults else 0


def same(one, spark):
    """Row by row, whatever the order."""
    for name in (*r.KEYS, "reject", "theme"):
        ours, theirs = r.lines(r.published(spark, name), name), r.lines(r.published(one, name), name)
        hold(ours == theirs, f"{name}: {len(ours)} rows in Spark, {len(theirs)} on one machine, {len(set(ours) ^ set(theirs))} differ")
        print(f"{name}: {len(ours)} rows")


def contract(out):
    """Every table is there with its columns, types and months."""
    hold((out / "tables" / "_COMPLETE").is_dir(), "the mark of completeness is there")
    for name in (*r.KEYS, "reject", "theme"):
        expected = outspoken.schema(name)
        files = sorted((out / "tables" / name).glob("**/*.parquet"))
        hold(len(files) > 0, f"{name} has a file")
        for path in files:
            found = pq.read_schema(path)
            wrong = [field.name for field in expected if field.name not in found.names or found.field(field.name).type != field.type]
            hold(not wrong and len(found) == len(expected), f"{name}: columns and types of {path.name}: {wrong}")
            month = path.parent.name.partition("p_month=")[2]
            if "report_month" in expected.names and month:
                months = set(pq.ParquetFile(path).read(["report_month"])["report_month"].cast(pa.string()).to_pylist())
                hold(months <= {month}, f"{name}: {months} in the folder of {month}")


#: Measures of the schema and the statistic of kpi_month that holds the same figure.
STATISTICS = {
    "nps": ("response", "nps"), "score_mean": ("score", "mean"), "top_box": ("score", "top_box"), "top_band": ("score", "top_band"),
    "top_2_box": ("score", "top_2_box"), "bottom_box": ("score", "bottom_box"),
}


def figures(spark, program, one, other):
    """Every measure of the schema by month, computed by Spark over the tables of both; and against the published figures of one machine."""
    measures = {}
    for table in json.loads(r.program(program, "schema", "--json"))["tables"]:
        measures.update({measure["name"]: measure["sql"] for measure in table["measures"]})
        if table["name"] not in r.KEYS or not table["measures"]:
            continue
        columns = ", ".join(f"{measure['sql']} as {measure['name']}" for measure in table["measures"])
        found = []
        for out in (one, other):
            spark.read.option("mergeSchema", "true").parquet(f"{out}/tables/{table['name']}").createOrReplaceTempView("t")
            rows = spark.sql(f"select report_month, {columns} from t group by report_month order by report_month").collect()
            found.append([[round(value, 9) if isinstance(value, float) else value for value in row] for row in rows])
        hold(found[0] == found[1] and found[0], f"measures of {table['name']}")
    for name in ("response", "score"):
        spark.read.parquet(f"{other}/tables/{name}").createOrReplaceTempView(name)
    spark.sql("select * from score join response using (source, response_id, report_month)").cache().createOrReplaceTempView("answer")
    published = [row for row in r.published(one, "kpi_month").to_pylist() if row["window_months"] == 1 and row["value"] is not None]
    n_compared = 0
    for table, rows in {"response": "response", "score": "answer"}.items():
        figures = {name: statistic for name, (of, statistic) in STATISTICS.items() if of == table}
        columns = ", ".join(f"{measures[name]} as {name}" for name in figures)
        measure = "measure" if table == "score" else "null"
        for dimension in ("all", "segment", "channel", "product"):
            value = "'all'" if dimension == "all" else dimension
            sql = f"select report_month, {measure} as measure, {value} as value, {columns} from {rows} group by 1, 2, 3"
            counted = {(row.report_month, row.measure, row.value): row for row in spark.sql(sql).collect()}
            for name, statistic in figures.items():
                of_one = [row for row in published if row["statistic"] == statistic and row["dimension"] == dimension]
                for row in of_one:
                    key = (row["report_month"], row["measure"] if table == "score" else None, row["dimension_value"])
                    found = counted[key][name] if key in counted else None
                    hold(found is not None and abs(found - row["value"]) <= 2e-6, f"{name} of {key}: {found}, and {row['value']} in kpi_month")
                n_compared += len(of_one)
    hold(n_compared > 500, f"{n_compared} figures of kpi_month were compared")
    print(f"{n_compared} figures of kpi_month, computed by Spark over its own tables")


def month_by_month(job, folder):
    """Months that are added one at a time are as all at once."""
    rows = job.spark.read.parquet(str(folder / "rows.parquet"))
    months = sorted(row.month for row in rows.selectExpr("substring(`Survey date`, 1, 7) as month").distinct().collect())[:2]
    parts = [rows.where(f"`Survey date` like '{month}%'").limit(150).coalesce(1).cache() for month in months]
    terms = {"config": SETTINGS, "as_of": r.AS_OF, "registry": job.themes}
    outs = [folder / "all", folder / "added"]
    outspoken.spark.write(parts[0].union(parts[1]), str(outs[0]), **terms)
    outspoken.spark.write(parts[0], str(outs[1]), **terms)
    outspoken.spark.write(parts[1], str(outs[1]), mode="append", **terms)
    for name in (*r.KEYS, "reject", "theme"):
        found = [r.lines(r.published(out, name), name) for out in outs]
        hold(found[0] == found[1] and (found[0] or name == "reject"), f"{name}: {len(found[0])} rows at once, {len(found[1])} month by month")


def refused(spark, folder):
    """What cannot be done is raised before the first task."""
    df = spark.createDataFrame([("1", "2026-07-01", "fine")], "id string, day string, say string")
    named = '[[source]]\nname = "s"\nid = "id"\nreceived_at = "day"\nverbatims = ["say"]\n'
    for text, word in {
        "": "does not name its columns", named.replace('id = "id"\n', ""): "has no id column", named.replace('"say"', '"said"'): "said",
    }.items():
        settings = folder / "refused.toml"
        settings.write_text(text, encoding="utf-8")
        try:
            outspoken.spark.annotate(df, config=settings)
            hold(False, f"nothing was raised where it should say `{word}`")
        except outspoken.InputError as error:
            hold(word in str(error), f"`{word}` in: {error}")
    settings.write_text(named, encoding="utf-8")
    found = outspoken.spark.annotate(df, config=settings, as_of=r.AS_OF).collect()
    hold(len(found) == 1 and found[0].text == "fine", "one row comes back")


if __name__ == "__main__":
    sys.exit(main())
