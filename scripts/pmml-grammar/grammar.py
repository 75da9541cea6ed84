"""Derives PMML's grammar from the annotated classes of the pmml-model library (1.7.7), which carry the schemas of
PMML 3.0 to 4.4 with the version in which each element, attribute and value came and went.

    javac -cp 'LIB/*' Dump.java && java -cp 'LIB/*:.' Dump LIB/pmml-model-1.7.7.jar > dump.json
    python grammar.py dump.json            (from the repository's root)

Writes schemas/pmml.json and src/pmml/grammar.gen.ts, which the reader, the writer and the checker share. What the classes
leave open is filled in below, from the schema fragments on the pages of the specification.
"""
import json
import sys

TYPES = {
    "RealNumberAdapter": "REAL-NUMBER", "NumberAdapter": "NUMBER", "PercentageNumberAdapter": "PERCENTAGE-NUMBER",
    "PositiveIntegerAdapter": "positiveInteger", "NonNegativeIntegerAdapter": "nonNegativeInteger",
    "IntegerAdapter": "INT-NUMBER", "ProbabilityNumberAdapter": "PROB-NUMBER", "FieldNameAdapter": "FIELD-NAME",
    "Boolean": "boolean", "Double": "NUMBER",
}
PREDICATES = ["SimplePredicate", "CompoundPredicate", "SimpleSetPredicate", "True", "False"]
# Choices that the schemas require and the classes leave optional: (element, first name) -> least number.
LEAST = {
    ("ComparisonMeasure", "euclidean"): 1, ("CompoundPredicate", "SimplePredicate"): 1,
    ("AnomalyDetectionModel", "AnomalyDetectionModel"): 1, ("Alternate", "AnyDistribution"): 1,
    ("BayesianNetworkNodes", "DiscreteNode"): 1, ("Segment", "SimplePredicate"): 1, ("Segment", "AnomalyDetectionModel"): 1,
    ("TargetValueStat", "AnyDistribution"): 1, ("CompoundRule", "SimplePredicate"): 1, ("CompoundRule", "SimpleRule"): 1,
    ("SimpleRule", "SimplePredicate"): 1, ("Attribute", "SimplePredicate"): 1, ("Node", "SimplePredicate"): 1,
    ("SupportVectorMachineModel", "LinearKernelType"): 1, ("DefineFunction", "Constant"): 1, ("DerivedField", "Constant"): 1,
    ("TextIndex", "Constant"): 1, ("Lower", "Constant"): 1, ("Mean", "Constant"): 1, ("Upper", "Constant"): 1,
    ("Variance", "Constant"): 1, ("ComplexPartialScore", "Constant"): 1, ("NormContinuous", "LinearNorm"): 2,
}
# Whole contents that the classes hold as mixed lists: [names, least, most] in order, or one free choice.
CONTENT = {
    "SequenceRule": [[["AntecedentSequence"], 1, 1], [["Delimiter"], 1, 1], [["Time"], 0, 1], [["ConsequentSequence"], 1, 1], [["Time"], 0, 1]],
    "Sequence": [[["Constraints"], 0, 1], [["SetReference", "Delimiter", "Time"], 1, None]],
    "Anova": [[["AnovaRow"], 3, 3]],
}
# Contents that the classes hold in separate, optional members: the schemas have a choice, or ask for one. In order.
CHILDREN = {
    "GaussianProcessModel": {"RadialBasisKernel": [["RadialBasisKernel", "ARDSquaredExponentialKernel", "AbsoluteExponentialKernel", "GeneralizedExponentialKernel"], 1, 1]},
    "ContinuousDistribution": {"TriangularDistributionForBN": [["TriangularDistributionForBN", "NormalDistributionForBN", "LognormalDistributionForBN", "UniformDistributionForBN"], 1, 1]},
    "MaximumLikelihoodStat": {"KalmanState": [["KalmanState", "ThetaRecursionState"], 1, 1]},
    "ChildParent": {"TableLocator": [["TableLocator", "InlineTable"], 1, 1]},
    "TrainingInstances": {"TableLocator": [["TableLocator", "InlineTable"], 1, 1]},
    "MapValues": {"TableLocator": [["TableLocator", "InlineTable"], 0, 1]},
    "TextIndexNormalization": {"TableLocator": [["TableLocator", "InlineTable"], 0, 1]},
    "VectorInstance": {"REAL-SparseArray": [["REAL-SparseArray", "Array"], 1, 1]},
    "DiscreteNode": {"DiscreteConditionalProbability": [["DiscreteConditionalProbability", "ValueProbability"], 1, None]},
    "ContinuousNode": {"ContinuousConditionalProbability": [["ContinuousConditionalProbability", "ContinuousDistribution"], 1, None]},
    "REAL-SparseArray": {"Indices": [["Indices"], 0, 1], "REAL-Entries": [["REAL-Entries"], 0, 1]},
    "INT-SparseArray": {"Indices": [["Indices"], 0, 1], "INT-Entries": [["INT-Entries"], 0, 1]},
    "DiscrStats": {"Array": [["Array"], 0, 2]},
    "ContStats": {"Array": [["Array"], 0, 3]},
    "PartitionFieldStats": {"Array": [["Array"], 0, 3]},
    "TimeAnchor": {"TimeException": [["TimeException"], 0, 2]},
    "CompoundPredicate": {"SimplePredicate": [PREDICATES, 2, None]},
    "LiftGraph": {"YCoordinates": [["XCoordinates"], 1, 1], "": [["YCoordinates"], 1, 1]},
    "ROCGraph": {"YCoordinates": [["XCoordinates"], 1, 1], "": [["YCoordinates"], 1, 1]},
    # Producers write models without fields: the schema asks for one, no reader misses it.
    "DataDictionary": {"DataField": [["DataField"], 1, None, {"lenient": True}]},
    "MiningSchema": {"MiningField": [["MiningField"], 1, None, {"lenient": True}]},
}
# Elements that the schemas give exactly one Array, and the classes none or one.
ONE_ARRAY = ["AR", "BoundaryValueMeans", "BoundaryValues", "ClassLabels", "CorrelationFields", "FinalNoise", "FinalNu",
             "FinalPredictedNoise", "FinalStateVector", "HVector", "InterceptVector", "Lambda", "MACoefficients",
             "MeanClusterDistances", "MissingValueWeights", "NonseasonalFactor", "PastVariances", "PsiVector", "Residuals",
             "SeasonalFactor", "Seasonality_ExpoSmooth", "SetPredicate", "StateVector", "TextDictionary", "TimeException",
             "TransferFunctionValues", "YCoordinates"]
# Branches of which an element holds one alone; whether it must hold one.
CHOICES = {
    "BaseCumHazardTables": ([["BaselineStratum"], ["BaselineCell"]], True),
    "Baseline": ([["AnyDistribution", "GaussianDistribution", "PoissonDistribution", "UniformDistribution"], ["CountTable"], ["NormalizedCountTable"], ["FieldRef"]], True),
    "BayesInput": ([["TargetValueStats"], ["DerivedField", "PairCounts"]], True),
    "CountTable": ([["FieldValue"], ["FieldValueCount"]], True),
    "NormalizedCountTable": ([["FieldValue"], ["FieldValueCount"]], True),
    "FieldValue": ([["FieldValue"], ["FieldValueCount"]], True),
    "Matrix": ([["Array"], ["MatCell"]], False),
    "ModelExplanation": ([["PredictiveModelQuality"], ["ClusteringModelQuality"]], False),
    "Node": ([["Partition", "ScoreDistribution", "Node"], ["Regression", "DecisionTree"]], False),
}
# Values of attributes that the classes hold as text.
VALUES = {
    ("AnomalyDetectionModel", "algorithmType"): ["iforest", "ocsvm", "clusterMeanDist", "other"],
    ("BayesianNetworkModel", "modelType"): ["General", "TAN", "Markov-blanket"],
    ("BayesianNetworkModel", "inferenceMethod"): ["Other", "MCMC", "Exact"],
}
ANY = ["Extension", "row", "Annotation", "Timestamp", "InlineTable"]


def version(text):
    return text.split(" ")[0].replace("PMML_", "").replace("_", ".")


def since(marks, what, out):
    for mark, key in (("@Added", "since"), ("@Removed", "until"), ("@Deprecated", "deprecated")):
        if mark in marks:
            out[key] = version(marks[mark])
    return out


def attribute(field):
    out = {"type": TYPES.get(field.get("adapter"), TYPES.get(field["java"], "string"))}
    if "enum" in field:
        out["type"] = "enum"
        out["values"] = {
            name: version(marks["@Added"]) if "@Added" in marks else ""
            for name, marks in field["enum"].items() if not name.startswith("x-") and marks.get("@Added") != "XPMML"
        }
    optional = field.get("@Optional")
    required = field["required"] or optional == "XPMML"
    if field.get("@Required"):
        required, out["requiredSince"] = True, version(field["@Required"])
    if optional and optional != "XPMML":
        required, out["requiredBefore"] = True, version(optional)
    if required:
        out["required"] = True
    if "default" in field and not required:
        out["default"] = field["default"]
    return since(field, field["name"], out)


def element(entry):
    out = since(entry, entry["name"], {})
    out["attributes"] = {
        f["name"]: attribute(f) for f in entry["fields"]
        if f["kind"] == "attribute" and not f["name"].startswith("x-") and not f.get("@Added", "").startswith("XPMML")
    }
    children = []
    fields = {f["field"]: f for f in entry["fields"] if f["kind"] in ("element", "ref")}
    for name in entry["order"]:
        f = fields.get(name)
        if f is None or not f["names"] or f["names"] == ["Extension"] or f.get("@Added", "").startswith("XPMML"):
            continue
        names = [n for n in f["names"] if not n.startswith("X-") and n not in ("Extension", "ComplexArray", "XCoordinates")]
        if not names:
            continue
        least = 1 if f["required"] and "@Optional" not in f else LEAST.get((entry["name"], names[0]), 0)
        child = [names, LEAST.get((entry["name"], names[0]), least), None if f["list"] else 1]
        mark = since(f, "", {})
        if mark:
            child.append(mark)
        children.append(child)
    out["children"] = CONTENT.get(entry["name"], children)
    if any(f["kind"] == "text" for f in entry["fields"]) or entry["name"] in ("Array", "Constant", "MatCell", "Indices", "INT-Entries", "REAL-Entries", "Annotation", "Timestamp"):
        out["text"] = True
    if entry["name"] in ANY:
        out["any"] = True
    return out


entries = {}
for entry in json.load(open(sys.argv[1])):
    if entry["name"].startswith("X") or "jpmml.org" in entry["ns"] or entry.get("@Added", "").startswith("XPMML"):
        continue
    known = entries.get(entry["name"])
    if known is None or len(entry["fields"]) > len(known["fields"]):
        entries[entry["name"]] = entry
elements = {name: element(entries[name]) for name in entries}
table = elements.pop("COUNT-TABLE-TYPE")
elements["CountTable"] = elements["NormalizedCountTable"] = table
for name in ("Indices", "REAL-Entries", "INT-Entries"):  # simple types of the schema
    elements[name] = {"attributes": {}, "children": [], "text": True}
# Markup that the classes do not know in its version.
elements["TargetValue"]["attributes"]["rawDataValue"] = {"type": "string", "until": "3.2"}
for name in ("OutputField", "ResultField"):
    elements[name]["attributes"]["feature"]["values"]["standardDeviation"] = "4.3"
elements["XCoordinates"] = {"since": "4.0", "attributes": {}, "children": [[["Array"], 1, 1]]}
for name, changes in CHILDREN.items():
    children = []
    for child in elements[name]["children"]:
        change = changes.get(child[0][0])
        if change is not None:
            children.append(change if len(change) > 3 or len(child) < 4 else change + child[3:])
            if "" in changes and child[0][0] == "YCoordinates":
                children.append(changes[""])
        elif not any(child[0][0] in other[0][1:] for other in changes.values()):
            children.append(child)
    elements[name]["children"] = children
for name in ONE_ARRAY:
    for child in elements[name]["children"]:
        if child[0] == ["Array"]:
            child[1] = 1
for name, (branches, needed) in CHOICES.items():
    elements[name]["choice"] = {"branches": branches, "needed": needed}
for (name, attribute_name), values in VALUES.items():
    entry = elements[name]["attributes"][attribute_name]
    entry["type"] = "enum"
    entry["values"] = {value: "" for value in values}
elements = dict(sorted(elements.items()))
SOURCE = "The PMML 3.0 to 4.4 schemas, as the annotations of pmml-model 1.7.7 and the pages of the specification record them (scripts/pmml-grammar)"
with open("schemas/pmml.json", "w", encoding="utf-8") as out:
    rows = ",\n".join(f'{json.dumps(n)}:{json.dumps(e, separators=(",", ":"))}' for n, e in elements.items())
    out.write('{"source":%s,\n"versions":["3.0","3.1","3.2","4.0","4.1","4.2","4.3","4.4"],\n"elements":{\n%s\n}}\n' % (json.dumps(SOURCE), rows))
with open("src/pmml/grammar.gen.ts", "w", encoding="utf-8") as out:
    out.write("// Generated by scripts/pmml-grammar/grammar.py from pmml-model 1.7.7. Do not edit.\n")
    out.write("import type { ElementRule } from './grammar.js';\n\n")
    out.write("/** The grammar of schemas/pmml.json. */\n")
    out.write("export const GRAMMAR = {\n")
    for n, e in elements.items():
        out.write(f"  {json.dumps(n)}: {json.dumps(e)},\n")
    out.write("} as const satisfies Readonly<Record<string, ElementRule>>;\n")
print(len(elements))
