"""Writes transforms as NumPy computes them, for test/onnx/fft.test.ts.

    python scripts/onnx-fft-cases.py OUT.json
"""
import json
import sys

import numpy as np

rng = np.random.default_rng(5)
cases = []
for count in (1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 15, 16, 20, 40, 60, 7, 22):
    values = (rng.standard_normal(count) + 1j * rng.standard_normal(count)).astype(np.complex64)
    single = np.fft.ifft(values)
    double = np.fft.fft(values.astype(np.complex128))
    parts = lambda z: [z.real.tolist(), z.imag.tolist()]
    cases.append(dict(count=count, values=parts(values), inverse=parts(single), forward=parts(double)))
with open(sys.argv[1], "w") as file:
    json.dump(dict(by=f"NumPy {np.__version__}", cases=cases), file)
