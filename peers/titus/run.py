"""Scores PFA documents with Titus 2, in batches: python run.py manifest.json

The manifest is {"jobs": [{"model", "rows", "out"}]}: a PFA document (JSON or YAML), input data, and where to write one
answer a row: {"ok": {"output": {"type", "value"}}} or {"error": text}. Data are NDJSON in Avro's JSON encoding, or CSV:
its columns are the fields of the input record (an empty cell is null), or the elements of an input array.
A fold or map engine is made anew for each job; an emit engine's answers are {"type": "object", "value": [emitted…]}.
"""
import csv
import json
import math
import sys
import warnings

warnings.simplefilter("ignore")
import aliases  # noqa: E402,F401  (first: it makes Titus importable)

import yaml  # noqa: E402

import titus.datatype as datatype  # noqa: E402
from titus.genpy import PFAEngine  # noqa: E402

SCALARS = {"int": "int32", "long": "int64", "float": "float32", "double": "float64", "string": "string", "boolean": "boolean"}


def plain(value):
    """A value as JSON can hold it: numbers beyond JSON become text."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        return plain(value.item())
    return value


def typed(engine, value):
    kind = SCALARS.get(engine.config.output.name if hasattr(engine.config.output, "name") else "", "object")
    if kind == "int64":
        return {"type": kind, "value": str(value)}
    if kind in ("float64", "float32"):
        return {"type": kind, "value": plain(float(value))}
    if kind == "object":
        # jsonEncoder tags union branches; what it cannot encode (NaN) is left as it is.
        return {"type": kind, "value": plain(datatype.jsonEncoder(engine.config.output, value))}
    return {"type": kind, "value": plain(value)}


def engine_of(path):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    make = PFAEngine.fromYaml if path.endswith((".yaml", ".yml")) else PFAEngine.fromJson
    return make(text)[0]


def message(prefix, error):
    code = getattr(error, "code", None)
    return {"error": f"{prefix}{type(error).__name__}: {error}" + ("" if code is None else f" (code {code})")}


def value_of(cell, kind):
    """A CSV cell as Avro's JSON encoding of a type."""
    if isinstance(kind, list):
        if cell == "" and "null" in kind:
            return None
        branch = next(item for item in kind if item != "null")
        return {branch if isinstance(branch, str) else branch.get("name", branch["type"]): value_of(cell, branch)}
    if isinstance(kind, dict) and kind["type"] != "enum":
        kind = kind["type"]
    if kind in ("double", "float"):
        return float(cell)
    if kind in ("int", "long"):
        return int(cell)
    return cell == "true" if kind == "boolean" else cell


def bound(given, table):
    """A row of a CSV as JSON text by the document's input type: a function of no arguments for each row."""
    header, *lines = table

    def text(row):
        if isinstance(given, dict) and given["type"] == "record":
            kinds = {field["name"]: field["type"] for field in given["fields"]}
            return json.dumps({name: value_of(cell, kinds[name]) for name, cell in zip(header, row) if name in kinds})
        if isinstance(given, dict) and given["type"] == "array":
            return json.dumps([value_of(cell, given["items"]) for cell in row])
        return json.dumps(value_of(row[0], given))

    return [lambda row=row: text(row) for row in lines]


def lines_of(path, model):
    with open(path, newline="", encoding="utf-8") as file:
        if not path.endswith(".csv"):
            return [lambda line=line: line for line in file if line.strip()]
        table = list(csv.reader(file))
    with open(model, encoding="utf-8") as file:
        document = yaml.safe_load(file) if model.endswith((".yaml", ".yml")) else json.load(file)
    return bound(document["input"], table)


def score(model, rows, out):
    lines = lines_of(rows, model)
    try:
        engine = engine_of(model)
        engine.begin()
    except Exception as error:  # noqa: BLE001  (any failure of the peer is an answer)
        for _ in lines:
            out.write(json.dumps(message("load: ", error)) + "\n")
        return
    for line in lines:
        try:
            given = datatype.jsonDecoder(engine.config.input, json.loads(line()))
            if engine.config.method == "emit":
                emitted = []
                engine.emit = emitted.append
                engine.action(given)
                answer = {"type": "object", "value": [plain(datatype.jsonEncoder(engine.config.output, item)) for item in emitted]}
            else:
                answer = typed(engine, engine.action(given))
            out.write(json.dumps({"ok": {"output": answer}}) + "\n")
        except Exception as error:  # noqa: BLE001
            out.write(json.dumps(message("", error)) + "\n")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        jobs = json.load(file)["jobs"]
    for job in jobs:
        with open(job["out"], "w", encoding="utf-8") as out:
            score(job["model"], job["rows"], out)


main()
