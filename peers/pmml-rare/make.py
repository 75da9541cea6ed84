"""Writes PMML of the models that no other engine scores, and beside each the answers of the framework that trained it.

Usage: make.py FOLDER. `test/peers/pmml-rare.test.ts` compares.
"""

import os
import sys
import warnings

warnings.filterwarnings("ignore")
os.makedirs(sys.argv[1], exist_ok=True)

import counts  # noqa: E402
import processes  # noqa: E402
import series  # noqa: E402

for part in (series, processes, counts):
    part.write()
