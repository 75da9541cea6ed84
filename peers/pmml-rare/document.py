"""What every written document of this folder needs: elements, arrays, a model around them, and the answers beside it."""

import json
import os
import sys
from xml.etree import ElementTree as xml

import numpy as np

NAMESPACE = "http://www.dmg.org/PMML-4_4"
FOLDER = sys.argv[1]


def element(parent, name, text=None, /, **attributes):
    child = xml.SubElement(parent, name, {k.rstrip("_"): v if isinstance(v, str) else repr(v) for k, v in attributes.items()})
    child.text = text
    return child


def real_array(parent, values):
    numbers = [float(v) for v in np.ravel(values)]
    return element(parent, "Array", " ".join(repr(v) for v in numbers), type="real", n=str(len(numbers)))


def real_matrix(parent, rows):
    rows = np.atleast_2d(np.asarray(rows, dtype=float))
    matrix = element(parent, "Matrix", nbRows=str(rows.shape[0]), nbCols=str(rows.shape[1]))
    for row in rows:
        real_array(matrix, row)


def model(name, fields, active, target, **attributes):
    """`fields`: name -> "double", "string" or a list of categories. Returns the document and the model element."""
    root = xml.Element("PMML", {"xmlns": NAMESPACE, "version": "4.4"})
    element(root, "Header")
    dictionary = element(root, "DataDictionary")
    for field, kind in fields.items():
        continuous = kind == "double"
        child = element(dictionary, "DataField", name=field, optype="continuous" if continuous else "categorical",
                        dataType="double" if continuous else "string")
        for value in () if isinstance(kind, str) else kind:
            element(child, "Value", value=str(value))
    found = element(root, name, **attributes)
    schema = element(found, "MiningSchema")
    for field in target if isinstance(target, (list, tuple)) else [target] if target else []:
        element(schema, "MiningField", name=field, usageType="target")
    for field in active:
        element(schema, "MiningField", name=field)
    return root, found


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in value]
    if isinstance(value, (np.floating, float)):
        return float(value)
    if isinstance(value, (np.integer, np.bool_)):
        return value.item()
    return value


def path(name, ending="pmml"):
    return os.path.join(FOLDER, f"{name}.{ending}")


def answers(name, **what):
    """`forecast`: the next values; or `records` and the `expected` results of each; `tolerance` is relative."""
    with open(path(name, "json"), "w") as file:
        json.dump(plain(what), file)


def save(name, root, **what):
    xml.indent(root)
    xml.ElementTree(root).write(path(name), encoding="UTF-8", xml_declaration=True)
    answers(name, **what)
