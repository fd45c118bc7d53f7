"""Answers a population's questions in Spark: generated Spark SQL over Parquet, and no logic of its own.

    spark-submit spark_population.py job.json result.json      (or: python spark_population.py …, where pyspark is installed)

job.json, written by `secondwind population … --engine spark` (or kept with --write-job, to be run elsewhere):
    master     where Spark runs: local[2], local-cluster[2,1,1024], spark://host:7077, yarn; null under spark-submit
    config     further Spark settings
    files      the Parquet files of the case snapshot
    view       the name under which the statements read it
    missing    columns that the knowledge has and the snapshot may lack: [name, type]; they become nulls
    work       a folder that all workers reach, for the tables between statements
    steps      statements in their order: make a table (kept as Parquet in `work`), drop it, count (one row), list (a row a case)

result.json: version, missing (columns that were lacking), answers (the rows of every count and list, in order), seconds (of each step).
"""

import json
import os
import shutil
import sys
import time

from pyspark.sql import SparkSession


def main(job_file, result_file):
    with open(job_file, encoding="utf-8") as file:
        job = json.load(file)
    builder = SparkSession.builder.appName("secondwind-population")
    if job["master"] is not None:
        builder = builder.master(job["master"])
    for name, value in job["config"].items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    try:
        snapshot = spark.read.parquet(*job["files"])
        has = set(snapshot.columns)
        missing = [[name, kind] for name, kind in job["missing"] if name not in has]
        if missing:
            snapshot = snapshot.selectExpr("*", *[f"cast(null as {kind}) as `{name}`" for name, kind in missing])
        snapshot.createOrReplaceTempView(job["view"])
        answers, seconds = [], []
        for step in job["steps"]:
            started = time.monotonic()
            if step["kind"] == "make":
                table = f"{job['work']}/{step['name']}"
                spark.sql(step["query"]).write.mode("overwrite").parquet(table)
                spark.read.parquet(table).createOrReplaceTempView(step["name"])
            elif step["kind"] == "drop":
                spark.catalog.dropTempView(step["name"])
            else:
                answers.append([list(row) for row in spark.sql(step["query"]).collect()])
            seconds.append(round(time.monotonic() - started, 3))
        workers = spark.sparkContext._jsc.sc().getExecutorMemoryStatus().size() - 1
        result = {
            "version": spark.version,
            "workers": workers,
            "missing": [name for name, _ in missing],
            "answers": answers,
            "seconds": seconds,
        }
    finally:
        spark.stop()
    beside = f"{result_file}.tmp"
    with open(beside, "w", encoding="utf-8") as file:
        json.dump(result, file)
    os.replace(beside, result_file)
    if "://" not in job["work"]:
        shutil.rmtree(job["work"], ignore_errors=True)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
