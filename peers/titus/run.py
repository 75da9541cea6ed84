"""Scores PFA documents with Titus 2, in batches: python run.py manifest.json

The manifest is {"jobs": [{"model", "rows", "out"}]}: a PFA document (JSON or YAML), input data as NDJSON in Avro's
JSON encoding, and where to write one answer a row: {"ok": {"output": {"type", "value"}}} or {"error": text}.
A fold or map engine is made anew for each job; an emit engine's answers are {"type": "object", "value": [emitted…]}.
"""
import json
import math
import sys
import warnings

warnings.simplefilter("ignore")
import aliases  # noqa: E402,F401  (first: it makes Titus importable)

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


def score(model, rows, out):
    with open(rows, encoding="utf-8") as file:
        lines = [line for line in file if line.strip()]
    try:
        engine = engine_of(model)
        engine.begin()
    except Exception as error:  # noqa: BLE001  (any failure of the peer is an answer)
        for _ in lines:
            out.write(json.dumps(message("load: ", error)) + "\n")
        return
    for line in lines:
        try:
            given = datatype.jsonDecoder(engine.config.input, json.loads(line))
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
