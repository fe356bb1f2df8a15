"""Tables as pyarrow and pandas write them, and what they read of ours: `write FOLDER`, `compare THEIRS OURS`."""

import datetime
import json
import math
import sys
from decimal import Decimal

import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.ipc as ipc
import pyarrow.parquet as parquet

rows = range(240)
utc = datetime.timezone.utc


def some(value, every=7):
    return [None if row % every == 3 else value(row) for row in rows]


def plain_columns():
    cities = ["Bern", "Zürich", "Köln, am Rhein", '"quoted"']
    begin = datetime.datetime(1890, 3, 25, tzinfo=utc)
    change = datetime.datetime(2024, 3, 31, 0, 30, tzinfo=utc)
    odd = [math.nan, math.inf, -0.0, 0.1]
    return {
        "id": pa.array([9007199254740993 + row for row in rows], pa.int64()),
        "email": pa.array([f"p{row}@example.org" for row in rows], pa.string()),
        "city": pa.array(some(lambda row: cities[row % 4]), pa.string()).dictionary_encode(),
        "amount": pa.array(some(lambda row: Decimal(row * 1237 - 50000).scaleb(-2)), pa.decimal128(18, 2)),
        "huge": pa.array(some(lambda row: Decimal(f"-{10**37 + row}")), pa.decimal128(38, 0)),
        "seen": pa.array(
            some(lambda row: begin + datetime.timedelta(days=row * 200, microseconds=row * 7)),
            pa.timestamp("us", "Europe/Berlin"),
        ),
        "changed": pa.array([change + datetime.timedelta(minutes=row) for row in rows], pa.timestamp("ms", "UTC")),
        "local": pa.array(
            some(lambda row: datetime.datetime(1650, 1, 1) + datetime.timedelta(seconds=row)), pa.timestamp("s")
        ),
        "nano": pa.array([1_600_000_000_000_000_000 + row * 1001 for row in rows], pa.timestamp("ns")),
        "day": pa.array(
            some(lambda row: datetime.date(1789, 7, 14) + datetime.timedelta(days=row * 300)), pa.date32()
        ),
        "clock": pa.array([row * 300_000_007 for row in rows], pa.time64("us")),
        "flag": pa.array(some(lambda row: row % 2 == 0, 5), pa.bool_()),
        "tiny": pa.array([row % 256 - 128 for row in rows], pa.int8()),
        "unsigned": pa.array([2**64 - 1 - row for row in rows], pa.uint64()),
        "ratio": pa.array([odd[row // 9 % 4] if row % 9 == 0 else row / 7 for row in rows], pa.float64()),
        "single": pa.array([row / 3 for row in rows], pa.float32()),
        "raw": pa.array(some(lambda row: bytes([row % 256, 0, 255])), pa.binary()),
        "note": pa.array(some(lambda row: f'line {row}\nünï "x", y;\t€'), pa.large_string()),
        "nothing": pa.array([None for _ in rows], pa.string()),
    }


def nested_columns():
    return {
        "tags": pa.array([["a", "b"][: row % 3] for row in rows], pa.list_(pa.string())),
        "place": pa.array([{"x": row, "y": "z"} for row in rows]),
    }


def write(folder):
    plain = pa.table(plain_columns())
    nested = pa.table({"id": plain["id"], **nested_columns()})
    for compression in ["snappy", "zstd", "gzip", "lz4", "brotli", "none"]:
        parquet.write_table(plain, f"{folder}/{compression}.parquet", compression=compression, row_group_size=100)
    for compression in ["lz4", "zstd", "uncompressed"]:
        feather.write_feather(plain, f"{folder}/{compression}.feather", compression=compression, chunksize=100)
    with ipc.new_file(f"{folder}/plain.arrow", plain.schema) as file:
        file.write_table(plain)
    with ipc.new_stream(f"{folder}/stream.arrow", plain.schema) as file:
        file.write_table(plain)
    parquet.write_table(nested, f"{folder}/nested.parquet")
    feather.write_feather(nested, f"{folder}/nested.feather")
    people = plain.select(["email", "city", "flag", "tiny", "note", "single"]).to_pandas()
    people.to_json(f"{folder}/records.json", orient="records")
    people.to_json(f"{folder}/lines.jsonl", orient="records", lines=True)
    people.set_index("email").to_parquet(f"{folder}/pandas.parquet")
    people.to_feather(f"{folder}/pandas.feather")


def read(path):
    if path.endswith(".parquet"):
        return parquet.read_table(path)
    if path.endswith((".json", ".jsonl")):
        with open(path, encoding="utf8") as file:
            text = file.read()
        records = [json.loads(line) for line in text.splitlines()] if path.endswith("l") else json.loads(text)
        return {name: [record[name] for record in records] for name in records[0]}
    return feather.read_table(path, memory_map=False)


def cells(column):
    """Points in time by what is stored, because Python has no nanoseconds; everything else as Python prints it."""
    if isinstance(column, list):
        return [repr(cell) for cell in column]
    if pa.types.is_timestamp(column.type):
        unit = "ns" if column.type.unit == "ns" else "us"
        return column.cast(pa.timestamp(unit, column.type.tz)).cast(pa.int64()).to_pylist()
    return [repr(cell) for cell in column.to_pylist()]


def compare(theirs, ours):
    one, other = read(theirs), read(ours)
    names = one.column_names if isinstance(one, pa.Table) else list(one)
    found = {}
    for name in names:
        if name not in (other.column_names if isinstance(other, pa.Table) else other):
            found[name] = "missing"
        elif cells(one[name]) != cells(other[name]):
            found[name] = "other values"
        elif isinstance(one, pa.Table) and one[name].type != other[name].type:
            found[name] = f"{one[name].type} -> {other[name].type}"
        else:
            found[name] = "equal"
    print(json.dumps(found))


{"write": write, "compare": compare}[sys.argv[1]](*sys.argv[2:])
