"""Writes the node tests of the installed `onnx` package to a folder, for test/peers/onnx-backend.test.ts.

    python scripts/onnx-node-tests.py OUT

OUT/node/CASE/{model.onnx, case.json, test_data_set_N/{input,output}_K.pb}; case.json holds the tolerances that ONNX
gives and whether the package's own reference evaluator passes.
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
    if got.dtype != want.dtype or got.shape != want.shape:
        return False
    if got.dtype.kind in "OUS":
        return np.array_equal(got, want)
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


def main(out):
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
