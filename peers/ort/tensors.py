"""Runs ONNX models once each on given values, one thread; answers line by line, so that a crash costs one job.

Input: lines of JSON, {"model": base64, "feeds": {name: value}}; output: {"ok": {name: value}} or {"error": text}.
A value is {"tensor": base64 of a TensorProto}, {"sequence": [value]}, {"map": [[key, number or text]]} or null;
a map that is fed also has the types "key" and "value".
The third argument is the number of the first line to run.
"""
import base64
import json
import sys

import numpy
import onnx
from onnx import numpy_helper


def decoded(value):
    if value is None:
        return None
    if "sequence" in value:
        return [decoded(item) for item in value["sequence"]]
    if "map" in value:
        key = int if value["key"] == "int64" else str
        item = {"string": str, "int64": int}.get(value["value"], float)
        return {key(name): item(text) for name, text in value["map"]}
    proto = onnx.TensorProto.FromString(base64.b64decode(value["tensor"]))
    array = numpy_helper.to_array(proto)
    if proto.data_type == onnx.TensorProto.STRING:
        return array.astype(object).reshape(tuple(proto.dims))
    return array


def encoded(value):
    if value is None:
        return None
    if isinstance(value, dict):
        return {"map": [[str(key), item if isinstance(item, str) else repr(float(item))] for key, item in value.items()]}
    if isinstance(value, list):
        return {"sequence": [encoded(item) for item in value]}
    array = numpy.asarray(value)
    if array.dtype.kind in "UO":
        array = array.astype(object)
    return {"tensor": base64.b64encode(numpy_helper.from_array(array).SerializeToString()).decode()}


def answer_of(job):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    model = base64.b64decode(job["model"])
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    feeds = {name: decoded(value) for name, value in job["feeds"].items()}
    values = session.run(None, feeds)
    return {"ok": {node.name: encoded(value) for node, value in zip(session.get_outputs(), values)}}


def main():
    import onnxruntime

    onnxruntime.set_default_logger_severity(4)
    source, target, first = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with open(source, encoding="utf-8") as jobs, open(target, "a", encoding="utf-8") as answers:
        for index, line in enumerate(jobs):
            if index < first:
                continue
            try:
                answer = answer_of(json.loads(line))
            except Exception as error:  # noqa: BLE001  (any failure of the peer is an answer)
                answer = {"error": f"{type(error).__name__}: {error}".split("\n")[0]}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
