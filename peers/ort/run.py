"""Scores ONNX models with ONNX Runtime's Python binding, one thread; the same manifest and answers as run.js.

Node's binding cannot return sequences and maps (the ZipMap of scikit-learn's classifiers); this one can.
A map is {"type": type of its values, "value": {key as text: value}}.
"""
import csv
import json
import math
import sys

import numpy
import onnxruntime

KINDS = {
    "tensor(float)": numpy.float32,
    "tensor(double)": numpy.float64,
    "tensor(int64)": numpy.int64,
    "tensor(int32)": numpy.int32,
    "tensor(bool)": numpy.bool_,
    "tensor(string)": object,
}
MAP_TYPES = {"float": "float32", "double": "float64", "int64": "int64", "string": "string"}


def plain(value):
    if isinstance(value, numpy.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    return value


def text_of_int64(kind, value):
    return str(value) if kind in ("int64", "uint64") else value


def tensor_of(node, values):
    kind = KINDS[node.type]
    if kind is object:
        array = numpy.array([["" if item is None else str(item) for item in numpy.atleast_1d(row)] for row in values], dtype=object)
    else:
        array = numpy.array([[math.nan if item is None else item for item in (row if isinstance(row, list) else [row])] for row in values])
        array = array.astype(kind)
    shape = node.shape
    return array.reshape(len(values)) if len(shape) == 1 else array


def slice_of(node, value, row):
    if node.type.startswith("seq(map("):
        kind = MAP_TYPES[node.type.rsplit("(", 1)[1].rstrip(")")]
        return {"type": kind, "value": {str(key): text_of_int64(kind, plain(item)) for key, item in value[row].items()}}
    kind = {"object": "string", "bool": "boolean"}.get(str(value.dtype), str(value.dtype))
    item = value[row]
    if numpy.ndim(item) == 0:
        return {"type": kind, "value": text_of_int64(kind, plain(item))}
    return {"type": kind, "value": [text_of_int64(kind, plain(one)) for one in numpy.ravel(item)]}


def bound(session, table):
    """CSV cells as values of the inputs: by name, or all of them as the one matrix."""
    header, *lines = table
    inputs = session.get_inputs()

    def value_of(node, cell):
        return cell if node.type == "tensor(string)" else (None if cell == "" else float(cell))

    if len(inputs) == 1 and inputs[0].name not in header:
        return [{inputs[0].name: [value_of(inputs[0], cell) for cell in cells]} for cells in lines]
    return [
        {node.name: value_of(node, cells[header.index(node.name)]) for node in inputs if node.name in header} for cells in lines
    ]


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        if path.endswith(".csv"):
            return list(csv.reader(file))
        return [json.loads(line) for line in file if line.strip()]


def run_batch(session, rows):
    feeds = {node.name: tensor_of(node, [row[node.name] for row in rows]) for node in session.get_inputs()}
    values = session.run(None, feeds)
    nodes = session.get_outputs()
    return [
        {"ok": {node.name: slice_of(node, value, index) for node, value in zip(nodes, values)}} for index in range(len(rows))
    ]


def error_of(error, prefix=""):
    return {"error": prefix + str(error).split("\n")[0]}


def answers_of(model, rows, table):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001  (any failure of the peer is an answer)
        return [error_of(error, "load: ") for _ in rows[table:]]
    if table:
        rows = bound(session, rows)
    try:
        return run_batch(session, rows)
    except Exception:  # noqa: BLE001  (one bad row fails the batch: find it)
        answers = []
        for row in rows:
            try:
                answers.extend(run_batch(session, [row]))
            except Exception as error:  # noqa: BLE001
                answers.append(error_of(error))
        return answers


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        jobs = json.load(file)["jobs"]
    for job in jobs:
        rows = rows_of(job["rows"])
        with open(job["out"], "w", encoding="utf-8") as out:
            for answer in answers_of(job["model"], rows, job["rows"].endswith(".csv")):
                out.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
