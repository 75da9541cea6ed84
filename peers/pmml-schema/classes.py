"""Prints, as JSON, what nyoka's classes (made from the 4.4 schema) know of every element: attributes with type, default
and enumeration, and children, each once or many times. Read from the source: nothing of nyoka is run."""
import ast
import importlib.util
import json
import os
import re

spec = importlib.util.find_spec("nyoka")
path = os.path.join(os.path.dirname(spec.origin), "PMML44Super.py")
source = open(path, encoding="utf-8").read()
lines = source.split("\n")
KINDS = (("float(value)", "number"), ("int(value)", "integer"), ("'true', '1'", "boolean"))


def body(function):
    return "\n".join(lines[function.lineno - 1:function.end_lineno])


elements = {}
for node in ast.parse(source).body:
    if not isinstance(node, ast.ClassDef) or not any(getattr(base, "id", "") == "GeneratedsSuper" for base in node.bases):
        continue
    methods = {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)}
    if "buildAttributes" not in methods:
        continue
    init = methods["__init__"].args
    names = [arg.arg for arg in init.args][1:]
    given = [value.value if isinstance(value, ast.Constant) else None for value in init.defaults]
    defaults = dict(zip(names[len(names) - len(given):], given))
    attributes = {}
    for part in body(methods["buildAttributes"]).split("value = find_attr_value_('")[1:]:
        name = part.split("'")[0]
        rule = re.search(r"self\.(validate_\w+)\(", part)
        values = re.search(r"enumerations = (\[.*\])", body(methods[rule.group(1)])) if rule else None
        argument = re.sub(r"\W", "_", name)
        default = defaults.get(argument, defaults.get(argument + "_"))
        attributes[name] = {
            "type": next((kind for text, kind in KINDS if text in part), "string"),
            "default": None if default is None else str(default),
            "values": ast.literal_eval(values.group(1)) if values else None,
        }
    lists = set(re.findall(r"for (\w+)_ in self\.", body(methods["exportChildren"])))
    children = re.findall(r"if nodeName_ == '([\w-]+)'", body(methods["buildChildren"]))
    elements[node.name] = {
        "attributes": attributes,
        "children": {child: child.replace("-", "_") in lists for child in children if child != "Extension"},
    }
print(json.dumps(elements))
