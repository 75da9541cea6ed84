"""Writes the node tests of the installed `onnx` package to a folder, for test/peers/onnx-backend.test.ts.

    python scripts/onnx-node-tests.py OUT

OUT/node/CASE/{model.onnx, case.json, test_data_set_N/{input,output}_K.pb}; case.json holds the tolerances that ONNX
gives and whether the package's own reference evaluator passes. The suites that the package ships as files (simple,
pytorch-operator, pytorch-converted) get their case.json alone: install.sh copies the rest.
"""
import json
import os
import sys
import warnings

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases
from onnx.reference import ReferenceEvaluator

warnings.filterwarnings("ignore")


def proto_of(value, name, type_proto):
    kind = type_proto.WhichOneof("value")
    if isinstance(value, onnx.TensorProto):
        return value
    if kind == "map_type":
        return numpy_helper.from_dict(value, name)
    if kind == "sequence_type":
        return numpy_helper.from_list(value, name)
    if kind == "optional_type":
        return numpy_helper.from_optional(value, name)
    return numpy_helper.from_array(np.asarray(value), name)


def same(got, want, rtol, atol):
    if isinstance(want, (list, tuple)):
        return len(got) == len(want) and all(same(g, w, rtol, atol) for g, w in zip(got, want))
    if isinstance(want, onnx.TensorProto):
        want = numpy_helper.to_array(want)
    got, want = np.asarray(got), np.asarray(want)
    if got.shape != want.shape:
        return False
    # ONNX's runner compares texts whatever array type holds them.
    if got.dtype.kind in "OUS" and want.dtype.kind in "OUS":
        return np.array_equal(got.astype(object), want.astype(object))
    if got.dtype != want.dtype:
        return False
    try:
        return bool(np.allclose(got.astype(np.complex128), want.astype(np.complex128), rtol=rtol, atol=atol, equal_nan=True))
    except (TypeError, ValueError):
        return np.array_equal(got, want)


def reference_passes(case):
    try:
        evaluator = ReferenceEvaluator(case.model)
        for inputs, outputs in case.data_sets:
            names = [i.name for i in case.model.graph.input]
            feeds = {n: numpy_helper.to_array(v) if isinstance(v, onnx.TensorProto) else v for n, v in zip(names, inputs)}
            got = evaluator.run(None, feeds)
            if not all(same(g, w, case.rtol, case.atol) for g, w in zip(got, outputs)):
                return False
        return True
    except Exception:
        return False


def read_values(pattern, infos):
    values = []
    for index, info in enumerate(infos):
        path = pattern % index
        if not os.path.exists(path):
            continue
        kind = info.type.WhichOneof("value")
        with open(path, "rb") as file:
            data = file.read()
        if kind == "sequence_type":
            proto = onnx.SequenceProto()
            proto.ParseFromString(data)
            values.append(numpy_helper.to_list(proto))
        elif kind == "optional_type":
            proto = onnx.OptionalProto()
            proto.ParseFromString(data)
            values.append(numpy_helper.to_optional(proto))
        elif kind == "map_type":
            proto = onnx.MapProto()
            proto.ParseFromString(data)
            values.append(numpy_helper.to_dict(proto))
        else:
            proto = onnx.TensorProto()
            proto.ParseFromString(data)
            values.append(numpy_helper.to_array(proto))
    return values


def shipped_passes(folder):
    try:
        model = onnx.load(os.path.join(folder, "model.onnx"))
        evaluator = ReferenceEvaluator(model)
        for data in sorted(os.listdir(folder)):
            if not data.startswith("test_data_set"):
                continue
            inputs = read_values(os.path.join(folder, data, "input_%d.pb"), model.graph.input)
            outputs = read_values(os.path.join(folder, data, "output_%d.pb"), model.graph.output)
            got = evaluator.run(None, dict(zip([i.name for i in model.graph.input], inputs)))
            if not all(same(g, w, 1e-3, 1e-7) for g, w in zip(got, outputs)):
                return False
        return True
    except Exception:
        return False


def write_shipped(out):
    root = os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data")
    for suite in ("simple", "pytorch-operator", "pytorch-converted"):
        for case in sorted(os.listdir(os.path.join(root, suite))):
            source = os.path.join(root, suite, case)
            if not os.path.exists(os.path.join(source, "model.onnx")):
                continue
            folder = os.path.join(out, suite, case)
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, "case.json"), "w") as file:
                json.dump({"rtol": 1e-3, "atol": 1e-7, "reference": shipped_passes(source)}, file)


def main(out):
    write_shipped(out)
    for case in collect_testcases(None):
        folder = os.path.join(out, "node", case.name)
        os.makedirs(folder, exist_ok=True)
        graph = case.model.graph
        with open(os.path.join(folder, "model.onnx"), "wb") as file:
            file.write(case.model.SerializeToString())
        for index, (inputs, outputs) in enumerate(case.data_sets):
            data = os.path.join(folder, f"test_data_set_{index}")
            os.makedirs(data, exist_ok=True)
            for what, values, infos in (("input", inputs, graph.input), ("output", outputs, graph.output)):
                for k, value in enumerate(values):
                    if value is None:
                        continue
                    with open(os.path.join(data, f"{what}_{k}.pb"), "wb") as file:
                        file.write(proto_of(value, infos[k].name, infos[k].type).SerializeToString())
        facts = {"rtol": case.rtol, "atol": case.atol, "reference": reference_passes(case)}
        with open(os.path.join(folder, "case.json"), "w") as file:
            json.dump(facts, file)


main(sys.argv[1])
