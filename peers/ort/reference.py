"""Answers jobs of tensors.py with ONNX's own reference evaluator, or with the models' function bodies.

Input lines as in tensors.py. Mode `values`: {"ok": {name: value}} or {"error": text}. Mode `bodies`: {"model": base64}, the
model whose only node calls the body that the operator's schema gives, or {} where the schema gives none.
"""
import base64
import json
import sys
import warnings

import numpy
import onnx
import onnx.defs
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from tensors import decoded, encoded

warnings.filterwarnings("ignore")


def values_of(model, job):
    feeds = {name: decoded(value) for name, value in job["feeds"].items()}
    with numpy.errstate(all="ignore"):
        values = ReferenceEvaluator(model).run(None, feeds)
    return {"ok": {node.name: encoded(value) for node, value in zip(model.graph.output, values)}}


def types_of(model, node):
    known = {info.name: info.type for info in model.graph.input}
    for tensor in model.graph.initializer:
        known[tensor.name] = helper.make_tensor_type_proto(tensor.data_type, list(tensor.dims))
    return [known[name] if name else onnx.TypeProto() for name in node.input]


def body_of(model):
    node = model.graph.node[0]
    versions = {one.domain: one.version for one in model.opset_import}
    schema = onnx.defs.get_schema(node.op_type, versions[node.domain], node.domain)
    if schema.has_function:
        body = onnx.FunctionProto.FromString(
            schema.get_function_with_opset_version(sorted(schema.function_opset_versions)[-1])
        )
    elif schema.has_context_dependent_function:
        types = [one.SerializeToString() for one in types_of(model, node)]
        version = sorted(schema.context_dependent_function_opset_versions)[-1]
        text = schema.get_context_dependent_function_with_opset_version(version, node.SerializeToString(), types)
        body = onnx.FunctionProto.FromString(text)
    else:
        return {}
    if not body.node:
        return {}
    body.domain = "body"
    body.name = node.op_type
    given = {one.name for one in node.attribute}
    for name, attribute in schema.attributes.items():
        if name not in given and attribute.default_value.name:
            node.attribute.append(attribute.default_value)
    model.functions.append(body)
    node.domain = "body"
    model.opset_import.append(helper.make_opsetid("body", 1))
    return {"model": base64.b64encode(model.SerializeToString()).decode()}


def main():
    source, target, first, mode = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
    with open(source, encoding="utf-8") as jobs, open(target, "a", encoding="utf-8") as answers:
        for index, line in enumerate(jobs):
            if index < first:
                continue
            try:
                job = json.loads(line)
                model = onnx.ModelProto.FromString(base64.b64decode(job["model"]))
                answer = body_of(model) if mode == "bodies" else values_of(model, job)
            except BaseException as error:  # noqa: BLE001  (any failure of the peer is an answer)
                answer = {"error": f"{type(error).__name__}: {error}".split("\n")[0]}
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
