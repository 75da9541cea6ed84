"""What ONNX's own inference and checker say of models: one JSON line an answer, in the order of the manifest.

    onnx-infer.py MANIFEST OUT     manifest: {"jobs": [{"model": path, "older": bool, "opened": number}]}

With "older" the model is also stamped with every earlier operator set at which one of its operators changed, as far
as the checker lets it pass. With "opened" (not 0) sizes of inputs are replaced by symbols or left open, by a rule that
onnx-infer-compare.ts repeats. Everything declared but inputs is taken away before. Each answer: {"job", "opset" (null as it is), "graphs": {path: {name: type}}} or "error".
"""
import json
import sys

import onnx
from onnx import checker, defs, shape_inference


def dims_of(tensor):
    if not tensor.HasField("shape"):
        return None
    return [
        d.dim_value if d.HasField("dim_value") else (d.dim_param if d.dim_param else None) for d in tensor.shape.dim
    ]


def type_of(proto):
    kind = proto.WhichOneof("value")
    if kind in ("tensor_type", "sparse_tensor_type"):
        tensor = getattr(proto, kind)
        return [kind[: -len("_type")], tensor.elem_type, dims_of(tensor)]
    if kind == "sequence_type":
        return ["sequence", type_of(proto.sequence_type.elem_type)]
    if kind == "optional_type":
        return ["optional", type_of(proto.optional_type.elem_type)]
    if kind == "map_type":
        return ["map", proto.map_type.key_type, type_of(proto.map_type.value_type)]
    return None


def graphs_of(graph, path, found):
    values = {}
    for info in list(graph.input) + list(graph.value_info) + list(graph.output):
        values[info.name] = type_of(info.type)
    found[path] = values
    for index, node in enumerate(graph.node):
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                graphs_of(attribute.g, "%s/%d.%s" % (path, index, attribute.name), found)
    return found


def strip(graph):
    """Leaves nothing declared but the inputs, so that everything else must be inferred."""
    del graph.value_info[:]
    for info in graph.output:
        info.ClearField("type")
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                strip(attribute.g)


def opened(model, variant):
    for i, info in enumerate(model.graph.input):
        if info.type.WhichOneof("value") != "tensor_type":
            continue
        for j, dim in enumerate(info.type.tensor_type.shape.dim):
            choice = (7 * i + 5 * j + variant) % 3
            if not dim.HasField("dim_value") or choice == 0:
                continue
            size = dim.dim_value
            dim.Clear()
            if choice == 1:
                dim.dim_param = "s%d" % size


def infer(given):
    model = onnx.ModelProto()
    model.CopyFrom(given)
    strip(model.graph)
    try:
        inferred = shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    except Exception as error:  # the text is the answer
        lenient = shape_inference.infer_shapes(model, data_prop=True)
        return {"error": str(error)[:300], "graphs": graphs_of(lenient.graph, "", {})}
    return {"graphs": graphs_of(inferred.graph, "", {})}


def domains(model):
    return {"" if entry.domain == "ai.onnx" else entry.domain: entry.version for entry in model.opset_import}


def older_sets(model):
    now = domains(model).get("")
    if now is None:
        return []
    sets = set()
    for node in model.graph.node:
        if node.domain not in ("", "ai.onnx"):
            continue
        for version in range(7, now):
            if defs.has(node.op_type, "") and version >= 7:
                try:
                    since = defs.get_schema(node.op_type, version, "").since_version
                except Exception:
                    continue
                if since >= 7:
                    sets.add(since)
                elif version == 7:
                    sets.add(7)
    return sorted(version for version in sets if version < now)


def stamped(model, opset):
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for entry in copy.opset_import:
        if entry.domain in ("", "ai.onnx"):
            entry.version = opset
    return copy


def main():
    jobs = json.load(open(sys.argv[1]))["jobs"]
    with open(sys.argv[2], "w") as out:
        for index, job in enumerate(jobs):
            try:
                model = onnx.load(job["model"], load_external_data=False)
                if job.get("opened"):
                    opened(model, job["opened"])
                answers = [(None, infer(model))]
                for opset in older_sets(model) if job.get("older") else []:
                    older = stamped(model, opset)
                    try:
                        checker.check_model(older, full_check=True)
                    except Exception:
                        continue
                    answers.append((opset, infer(older)))
            except Exception as error:
                answers = [(None, {"error": str(error)[:300], "graphs": {}})]
            for opset, answer in answers:
                out.write(json.dumps({"job": index, "opset": opset, **answer}) + "\n")
            out.flush()


main()
