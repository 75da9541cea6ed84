"""Writes PMML of the models that no other engine scores, and beside each the answers of the framework that trained it.

Usage: make.py FOLDER. `test/peers/pmml-rare.test.ts` compares.
"""

import os
import sys
import warnings

warnings.filterwarnings("ignore")
os.makedirs(sys.argv[1], exist_ok=True)

import series  # noqa: E402

series.write()
