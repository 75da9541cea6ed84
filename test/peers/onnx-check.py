"""Whether the onnx package's checker or ONNX Runtime takes models: one JSON line an answer.

    onnx-check.py JOBS OUT FIRST     lines of JSON: {"model": base64, "feeds": {name: base64 of a TensorProto}}

With ONNX Runtime at hand each answer is {"load": error or null, "run": error or null}, else {"check": error or null}.
FIRST is the number of the first line to look at, so that a crash costs one job.
"""
import base64
import json
import resource
import signal
import sys

import onnx
from onnx import numpy_helper

try:
    import onnxruntime
except ImportError:
    onnxruntime = None


def text(error):
    return f"{type(error).__name__}: {error}".replace("\n", " ")[:1500]


def checked(model):
    try:
        onnx.checker.check_model(onnx.ModelProto.FromString(model), full_check=True)
    except Exception as error:  # the text is the answer
        return {"check": text(error)}
    return {"check": None}


def loaded(model, feeds):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        return {"load": text(error), "run": None}
    try:
        arrays = {}
        for name, data in feeds.items():
            proto = onnx.TensorProto.FromString(base64.b64decode(data))
            array = numpy_helper.to_array(proto)
            arrays[name] = array.astype(object) if proto.data_type == onnx.TensorProto.STRING else array
        session.run(None, arrays)
    except Exception as error:
        return {"load": None, "run": text(error)}
    return {"load": None, "run": None}


# A mutated loop may run for ever or eat the memory: then the process ends, and the next one goes on.
SECONDS = 10
BYTES = 4 << 30


def main():
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    if onnxruntime is not None:
        onnxruntime.set_default_logger_severity(4)
    with open(sys.argv[1]) as jobs, open(sys.argv[2], "a") as out:
        for index, line in enumerate(jobs):
            if index < int(sys.argv[3]):
                continue
            signal.alarm(SECONDS)
            job = json.loads(line)
            model = base64.b64decode(job["model"])
            answer = checked(model) if onnxruntime is None else loaded(model, job["feeds"])
            out.write(json.dumps(answer) + "\n")
            out.flush()


main()
