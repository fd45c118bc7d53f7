"""Answers SQL over case snapshots in a local Spark. Reads a job from standard input, writes one JSON line a query to standard output."""

import json
import sys

from pyspark.sql import SparkSession

job = json.load(sys.stdin)
spark = (
    SparkSession.builder.master("local[2]")
    .appName("secondwind-conformance")
    .config("spark.ui.enabled", "false")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.sql.session.timeZone", "UTC")
    # compiling hundreds of expressions for a handful of rows takes minutes; the interpreter gives the same answers
    .config("spark.sql.codegen.wholeStage", "false")
    .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
for table, (schema, file) in job["tables"].items():
    spark.read.schema(schema).json(file).createOrReplaceTempView(table)
for query in job["queries"]:
    print("answer " + json.dumps([list(row) for row in spark.sql(query).collect()]), flush=True)
print("version " + spark.version, flush=True)
spark.stop()
