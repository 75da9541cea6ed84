"""PMML of model types that no obtainable tool writes: trained here, written element by element."""

from itertools import combinations
from xml.etree import ElementTree as xml

import numpy as np

NAMESPACE = "http://www.dmg.org/PMML-4_4"


def element(parent, name, text=None, /, **attributes):
    child = xml.SubElement(parent, name, {k.rstrip("_"): v if isinstance(v, str) else repr(v) for k, v in attributes.items()})
    child.text = text
    return child


def document(fields):
    """`fields`: name -> (optype, dataType, values)."""
    root = xml.Element("PMML", {"xmlns": NAMESPACE, "version": "4.4"})
    element(root, "Header")
    dictionary = element(root, "DataDictionary")
    for name, (optype, data_type, values) in fields.items():
        field = element(dictionary, "DataField", name=name, optype=optype, dataType=data_type)
        for value in values:
            element(field, "Value", value=str(value))
    return root


def schema(model, target, inputs):
    found = element(model, "MiningSchema")
    if target:
        element(found, "MiningField", name=target, usageType="target")
    for name, treatment in inputs.items():
        element(found, "MiningField", name=name, **treatment)


def save(root, path):
    xml.indent(root)
    xml.ElementTree(root).write(path, encoding="UTF-8", xml_declaration=True)


def general_regression(path, table, target, model_type, coefficients, classes=None, **attributes):
    """`coefficients`: target class or None -> {predictors joined by ':' -> beta}; `job=Self` is a factor's level."""
    jobs = sorted(set(table["job"]))
    fields = {"age": ("continuous", "double", []), "income": ("continuous", "double", []), "job": ("categorical", "string", jobs)}
    fields[target] = ("categorical", "string", classes) if classes else ("continuous", "double", [])
    root = document(fields)
    model = element(root, "GeneralRegressionModel", modelType=model_type, targetVariableName=target,
                    functionName="classification" if classes else "regression", **attributes)
    schema(model, target, {"age": {}, "income": dict(outliers="asExtremeValues", lowValue="5000", highValue="60000"),
                           "job": dict(invalidValueTreatment="asMissing", missingValueReplacement="None")})
    terms = list(dict.fromkeys(term for table_ in coefficients.values() for term in table_))
    parameters = element(model, "ParameterList")
    for index, term in enumerate(terms):
        element(parameters, "Parameter", name=f"p{index}", label=term)
    factors = element(model, "FactorList")
    element(factors, "Predictor", name="job")
    covariates = element(model, "CovariateList")
    for name in ("age", "income"):
        element(covariates, "Predictor", name=name)
    cells = element(model, "PPMatrix")
    for index, term in enumerate(terms):
        for part in filter(None, term.split(":")):
            name, _, level = part.partition("=")
            element(cells, "PPCell", value=level or ("2" if name.endswith("^") else "1"), predictorName=name.rstrip("^"), parameterName=f"p{index}")
    matrix = element(model, "ParamMatrix")
    for category, betas in coefficients.items():
        for term, beta in betas.items():
            element(matrix, "PCell", **({"targetCategory": category} if category else {}), parameterName=f"p{terms.index(term)}", df="1", beta=float(beta))
    if classes:
        output = element(model, "Output")
        for category in classes:
            element(output, "OutputField", name=f"p({category})", feature="probability", value=category, optype="continuous", dataType="double")
    save(root, path)


def scorecard(path, table, algorithm, baseline):
    """Points by tenths of a column, attributes with reason codes, a partial score that is computed."""
    root = document({"age": ("continuous", "integer", []), "income": ("continuous", "double", []), "job": ("categorical", "string", sorted(set(table["job"])))})
    model = element(root, "Scorecard", functionName="regression", initialScore="40.5", useReasonCodes="true", reasonCodeAlgorithm=algorithm, baselineMethod="mean", baselineScore="12")
    schema(model, None, {"age": dict(missingValueReplacement="33"), "income": {}, "job": dict(invalidValueTreatment="asIs")})
    output = element(model, "Output")
    element(output, "OutputField", name="score", feature="predictedValue", dataType="double", optype="continuous")
    for rank in ("1", "2", "3"):
        element(output, "OutputField", name=f"reason{rank}", feature="reasonCode", rank=rank, dataType="string", optype="categorical")
    rows = element(model, "Characteristics")
    for name in ("age", "income"):
        cuts = [float(v) for v in np.round(np.quantile(table[name], [0.2, 0.5, 0.8]))]
        group = element(rows, "Characteristic", name=f"{name}Score", reasonCode=f"R_{name}", baselineScore=baseline)
        for index, (low, high) in enumerate(zip([None, *cuts], [*cuts, None])):
            attribute = element(group, "Attribute", partialScore=str(round(10 + 7.25 * index, 2)), **({"reasonCode": f"R_{name}_low"} if index == 0 else {}))
            ends = [("greaterOrEqual", low), ("lessThan", high)]
            parent = attribute if None in (low, high) else element(attribute, "CompoundPredicate", booleanOperator="and")
            for operator, value in ends:
                if value is not None:
                    element(parent, "SimplePredicate", field=name, operator=operator, value=value)
        if name == "income":
            attribute = element(group, "Attribute", partialScore="-3.5", reasonCode="R_unknown")
            element(attribute, "SimplePredicate", field=name, operator="isMissing")
    group = element(rows, "Characteristic", name="jobScore", reasonCode="R_job", baselineScore=baseline)
    attribute = element(group, "Attribute", reasonCode="R_self")
    element(attribute, "SimplePredicate", field="job", operator="equal", value="Self")
    partial = element(element(attribute, "ComplexPartialScore"), "Apply", function="+")
    element(partial, "Constant", "4.5", dataType="double")
    element(element(partial, "Apply", function="*"), "FieldRef", field="age")
    element(partial[-1], "Constant", "0.125", dataType="double")
    element(element(group, "Attribute", partialScore="17"), "True")
    save(root, path)


def association(path, baskets, minimum, algorithm, feature):
    """Rules of one or two items, mined from the baskets; the record is a collection of items."""
    items = sorted({item for basket in baskets for item in basket})
    share = lambda wanted: sum(1 for basket in baskets if set(wanted) <= basket) / len(baskets)
    root = document({"transaction": ("categorical", "string", []), "basket": ("categorical", "string", items)})
    sets = [c for size in (1, 2) for c in combinations(items, size) if share(c) >= minimum]
    model = element(root, "AssociationModel", functionName="associationRules", numberOfTransactions=len(baskets), minimumSupport=minimum,
                    minimumConfidence="0.2", numberOfItems=len(items), numberOfItemsets=len(sets), numberOfRules="0")
    schema(model, None, {"transaction": dict(usageType="group"), "basket": dict(invalidValueTreatment="asIs")})
    output = element(model, "Output")
    for rank in ("1", "2", "3"):
        for basis in ("confidence", "lift"):
            element(output, "OutputField", name=f"{basis}{rank}", feature="ruleValue", algorithm=algorithm, ruleFeature=feature, rank=rank, rankBasis=basis,
                    rankOrder="descending", dataType="double" if feature in ("confidence", "support", "lift") else "string", optype="categorical")
    for index, item in enumerate(items):
        element(model, "Item", id=str(index + 1), value=item)
    for index, group in enumerate(sets):
        itemset = element(model, "Itemset", id=str(index + 1), support=share(group), numberOfItems=len(group))
        for item in group:
            element(itemset, "ItemRef", itemRef=str(items.index(item) + 1))
    count = 0
    for left in sets:
        for right in (s for s in sets if len(s) == 1 and not set(s) & set(left)):
            support = share(left + right)
            if support / share(left) >= 0.2:
                count += 1
                element(model, "AssociationRule", id=f"r{count}", antecedent=str(sets.index(left) + 1), consequent=str(sets.index(right) + 1), support=support,
                        confidence=support / share(left), lift=support / share(left) / share(right))
    model.set("numberOfRules", str(count))
    save(root, path)
