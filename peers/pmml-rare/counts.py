"""Baselines by scipy, Bayesian networks by enumeration, sequences and texts by their definitions in numpy."""

import itertools

import numpy as np
from scipy import stats
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics.pairwise import cosine_similarity, euclidean_distances

from document import element, model, real_matrix, save

rng = np.random.default_rng(22)

# Baselines


def baseline(name, fields, active, statistic, values, expected, extra=None, build=None, tolerance=1e-9):
    root, found = model("BaselineModel", fields, active, None, functionName="regression")
    output = element(found, "Output")
    element(output, "OutputField", name="score", optype="continuous", dataType="double", feature="predictedValue")
    test = element(found, "TestDistributions", field=active[0], testStatistic=statistic, **(extra or {}))
    build(test)
    save(name, root, tolerance=tolerance, records=values, expected=[{"score": v} for v in expected])


def distribution(parent, where, kind, **parameters):
    element(element(parent, where), kind, **{k: float(v) for k, v in parameters.items()})


def baselines():
    x = np.round(rng.normal(10.5, 2, 30), 3)
    rows = [{"x": v} for v in x]
    numbers = {"x": "double"}
    for name, size in (("baseline-z", 0), ("baseline-z-window", 5)):
        width = max(1, size)
        windows = [x[max(0, i - width + 1):i + 1] for i in range(len(x))]
        baseline(name, numbers, ["x"], "zValue", rows, [(w.mean() - 10) / np.sqrt(4 / len(w)) for w in windows],
                 {"windowSize": str(size)}, lambda t: distribution(t, "Baseline", "GaussianDistribution", mean=10, variance=4))
    pairs = {
        "gaussian": (("GaussianDistribution", dict(mean=10, variance=4), stats.norm(10, 2)),
                     ("GaussianDistribution", dict(mean=12, variance=9), stats.norm(12, 3)), x),
        "uniform": (("UniformDistribution", dict(lower=0, upper=20), stats.uniform(0, 20)),
                    ("GaussianDistribution", dict(mean=11, variance=4), stats.norm(11, 2)), x),
        "poisson": (("PoissonDistribution", dict(mean=4), stats.poisson(4)),
                    ("PoissonDistribution", dict(mean=6), stats.poisson(6)), rng.poisson(5, 30).astype(float)),
    }
    for name, (before, after, values) in pairs.items():
        for reset in (0.0, -1.5):
            total, sums = 0.0, []
            for value in values:
                log = [d.logpmf(value) if k == "PoissonDistribution" else d.logpdf(value) for k, _, d in (after, before)]
                total = max(reset, total + log[0] - log[1])
                sums.append(total)

            def build(test, before=before, after=after):
                distribution(test, "Baseline", before[0], **before[1])
                distribution(test, "Alternate", after[0], **after[1])

            baseline(f"baseline-cusum-{name}{'' if reset == 0 else '-reset'}", numbers, ["x"], "CUSUM",
                     [{"x": v} for v in values], sums, {"resetValue": repr(reset)}, build)
    tables()


def tables():
    days, weights = ["mon", "tue", "wed", "thu"], [12.0, 8.0, 5.0, 15.0]
    seen = [str(v) for v in rng.choice(days, 25, p=[0.2, 0.4, 0.2, 0.2])]
    rows = [{"day": v} for v in seen]

    def count_table(test, element_name="CountTable"):
        table = element(element(test, "Baseline"), element_name, sample=repr(sum(weights)))
        for day, count in zip(days, weights):
            element(table, "FieldValueCount", field="day", value=day, count=count)

    for window in (0, 8):
        expected, cosines = [], []
        for i in range(len(seen)):
            recent = seen[:i + 1][-window:] if window else seen[:i + 1]
            counts = np.array([recent.count(day) for day in days], dtype=float)
            expected.append(stats.chisquare(counts, np.array(weights) / sum(weights) * counts.sum()).pvalue)
            cosines.append(float(cosine_similarity([counts], [weights])[0, 0]))
        ending = f"-window-{window}" if window else ""
        extra = {"windowSize": str(window)}
        baseline(f"baseline-distribution{ending}", {"day": days}, ["day"], "chiSquareDistribution", rows, expected, extra, count_table)
        baseline(f"baseline-product{ending}", {"day": days}, ["day"], "scalarProduct", rows, cosines, extra, count_table)
    grid = np.array([[10.0, 4, 6], [5, 9, 7]])
    kinds = [["p", "q"], ["u", "v", "w"]]
    rows = [{"a": str(rng.choice(kinds[0])), "b": str(rng.choice(kinds[1]))} for _ in range(20)]
    expected, counts = [], grid.copy()
    for row in rows:
        counts[kinds[0].index(row["a"]), kinds[1].index(row["b"])] += 1
        expected.append(stats.chi2_contingency(counts, correction=False).pvalue)

    def nested(test):
        table = element(element(test, "Baseline"), "CountTable", sample=repr(float(grid.sum())))
        for a, line in zip(kinds[0], grid):
            outer = element(table, "FieldValue", field="a", value=a)
            for b, count in zip(kinds[1], line):
                element(outer, "FieldValueCount", field="b", value=b, count=float(count))

    baseline("baseline-independence", {"a": kinds[0], "b": kinds[1]}, ["a", "b"], "chiSquareIndependence", rows, expected, {}, nested)


# Bayesian networks


def tables_of(parents, levels, name):
    combos = list(itertools.product(*(levels[p] for p in parents)))
    return {combo: rng.dirichlet(np.ones(len(levels[name]))) for combo in combos}


def discrete_network(name, levels, parents, target):
    probabilities = {node: tables_of(parents[node], levels, node) for node in levels}
    active = [node for node in levels if node != target]
    root, found = model("BayesianNetworkModel", {n: v for n, v in levels.items()}, active, target, functionName="classification")
    nodes = element(found, "BayesianNetworkNodes")
    for node, values in levels.items():
        child = element(nodes, "DiscreteNode", name=node)
        for combo, shares in probabilities[node].items():
            holder = element(child, "DiscreteConditionalProbability") if parents[node] else child
            for parent, value in zip(parents[node], combo):
                element(holder, "ParentValue", parent=parent, value=value)
            for value, share in zip(values, shares):
                element(holder, "ValueProbability", value=value, probability=repr(float(share)))
    order = list(levels)
    joint = {}
    for combo in itertools.product(*levels.values()):
        values = dict(zip(order, combo))
        joint[combo] = np.prod([
            probabilities[node][tuple(values[p] for p in parents[node])][levels[node].index(values[node])] for node in order])
    records, expected = [], []
    for _ in range(40):
        evidence = {n: str(rng.choice(levels[n])) for n in active if rng.random() < 0.6}
        shares = np.array([sum(share for combo, share in joint.items()
                               if combo[order.index(target)] == value and all(combo[order.index(n)] == v for n, v in evidence.items()))
                           for value in levels[target]])
        shares /= shares.sum()
        records.append({n: evidence.get(n) for n in active})
        expected.append({target: levels[target][int(np.argmax(shares))],
                         **{f"$probability:{v}": s for v, s in zip(levels[target], shares)}})
    save(name, root, tolerance=1e-10, records=records, expected=expected)


def linear_network(name, seed):
    """a, b = linear in a, c = linear in a and b: jointly normal; c is asked, and a is asked from c."""
    own = np.random.default_rng(seed)
    mean_a, var_a = own.normal(), own.uniform(0.5, 2)
    ba, b0, var_b = own.normal(), own.normal(), own.uniform(0.5, 2)
    ca, cb, c0, var_c = own.normal(), own.normal(), own.normal(), own.uniform(0.5, 2)
    mean = np.array([mean_a, b0 + ba * mean_a, 0.0])
    mean[2] = c0 + ca * mean[0] + cb * mean[1]
    effect = np.array([[1, 0, 0], [ba, 1, 0], [ca + cb * ba, cb, 1]])
    covariance = effect @ np.diag([var_a, var_b, var_c]) @ effect.T
    for target in ("c", "a"):
        names = ["a", "b", "c"]
        active = [n for n in names if n != target]
        root, found = model("BayesianNetworkModel", {n: "double" for n in names}, active, target, functionName="regression")
        nodes = element(found, "BayesianNetworkNodes")
        for node, weights, constant, variance in (("a", {}, mean_a, var_a), ("b", {"a": ba}, b0, var_b), ("c", {"a": ca, "b": cb}, c0, var_c)):
            child = element(nodes, "ContinuousNode", name=node)
            normal = element(element(child, "ContinuousDistribution"), "NormalDistributionForBN")
            linear(element(normal, "Mean"), weights, constant)
            element(element(normal, "Variance"), "Constant", repr(float(variance)), dataType="double")
        records, expected = [], []
        for _ in range(15):
            known = [n for n in active if own.random() < 0.7]
            given = {n: float(np.round(own.normal(0, 2), 3)) for n in known}
            at, seen = names.index(target), [names.index(n) for n in known]
            shift = np.zeros(1) if not seen else covariance[[at]][:, seen] @ np.linalg.solve(
                covariance[np.ix_(seen, seen)], np.array([given[n] for n in known]) - mean[seen])
            records.append({n: given.get(n) for n in active})
            expected.append({target: float(mean[at] + shift[0])})
        save(f"{name}-{target}", root, tolerance=1e-11, records=records, expected=expected)


def linear(parent, weights, constant):
    terms = [(None, constant), *weights.items()]
    while len(terms) > 1:
        parent = element(parent, "Apply", function="+")
        term(parent, *terms.pop())
    term(parent, *terms[0])


def term(parent, field, weight):
    if field is None:
        element(parent, "Constant", repr(float(weight)), dataType="double")
        return
    product = element(parent, "Apply", function="*")
    element(product, "Constant", repr(float(weight)), dataType="double")
    element(product, "FieldRef", field=field)


FAMILIES = {
    "Normal": (("Mean", "Variance"), lambda p: stats.norm(p[0], np.sqrt(p[1]))),
    "Lognormal": (("Mean", "Variance"), lambda p: stats.lognorm(np.sqrt(p[1]), scale=np.exp(p[0]))),
    "Uniform": (("Lower", "Upper"), lambda p: stats.uniform(p[0], p[1] - p[0])),
    "Triangular": (("Mean", "Lower", "Upper"), lambda p: stats.triang((3 * p[0] - 2 * p[1] - p[2]) / (p[2] - p[1]), p[1], p[2] - p[1])),
}


def mixed_network(name, family, sets):
    """A class with its own distribution of x, and of a discrete d; the class is asked."""
    classes, levels = ["u", "v", "w"], ["lo", "hi"]
    parameters, distribution_of = FAMILIES[family]
    prior = rng.dirichlet(np.ones(3))
    shares = {c: rng.dirichlet(np.ones(2)) for c in classes}
    root, found = model("BayesianNetworkModel", {"x": "double", "d": levels, "c": classes}, ["x", "d"], "c", functionName="classification")
    nodes = element(found, "BayesianNetworkNodes")
    child = element(nodes, "DiscreteNode", name="c")
    for value, share in zip(classes, prior):
        element(child, "ValueProbability", value=value, probability=repr(float(share)))
    child = element(nodes, "DiscreteNode", name="d")
    for value in classes:
        holder = element(child, "DiscreteConditionalProbability")
        element(holder, "ParentValue", parent="c", value=value)
        for level, share in zip(levels, shares[value]):
            element(holder, "ValueProbability", value=level, probability=repr(float(share)))
    child = element(nodes, "ContinuousNode", name="x")
    for value, numbers in zip(classes, sets):
        holder = element(child, "ContinuousConditionalProbability")
        element(holder, "ParentValue", parent="c", value=value)
        wrapped = element(element(holder, "ContinuousDistribution"), f"{family}DistributionForBN")
        for parameter, number in zip(parameters, numbers):
            element(element(wrapped, parameter), "Constant", repr(float(number)), dataType="double")
    records, expected = [], []
    for _ in range(40):
        x = float(np.round(distribution_of(sets[rng.integers(3)]).rvs(random_state=rng), 4)) if rng.random() < 0.8 else None
        d = str(rng.choice(levels)) if rng.random() < 0.6 else None
        weights = prior.copy()
        for index, value in enumerate(classes):
            weights[index] *= 1 if x is None else distribution_of(sets[index]).pdf(x)
            weights[index] *= 1 if d is None else shares[value][levels.index(d)]
        weights /= weights.sum()
        records.append({"x": x, "d": d})
        expected.append({"c": classes[int(np.argmax(weights))], **{f"$probability:{v}": w for v, w in zip(classes, weights)}})
    save(name, root, tolerance=1e-9, records=records, expected=expected)


def networks():
    mixed_network("network-mixed-normal", "Normal", [(0, 1), (2, 0.5), (1, 4)])
    mixed_network("network-mixed-lognormal", "Lognormal", [(0, 0.3), (1, 0.2), (0.5, 1)])
    mixed_network("network-mixed-uniform", "Uniform", [(0, 3), (1, 5), (2, 4)])
    mixed_network("network-mixed-triangular", "Triangular", [(1.5, 0, 3.5), (3, 1, 5), (2.2, 0, 6)])
    levels = {"rain": ["no", "yes"], "sprinkler": ["off", "on"], "grass": ["dry", "damp", "wet"]}
    parents = {"rain": [], "sprinkler": ["rain"], "grass": ["rain", "sprinkler"]}
    for target in ("grass", "rain"):
        discrete_network(f"network-garden-{target}", levels, parents, target)
    levels = {f"n{i}": [f"v{j}" for j in range(2 + i % 2)] for i in range(7)}
    parents = {"n0": [], "n1": ["n0"], "n2": ["n0"], "n3": ["n1", "n2"], "n4": [], "n5": ["n3", "n4"], "n6": ["n5"]}
    for target in ("n6", "n0", "n3"):
        discrete_network(f"network-seven-{target}", levels, parents, target)
    for seed in (1, 2):
        linear_network(f"network-linear-{seed}", seed)


# Sequences


def sequences():
    for number in range(3):
        items = list("abcdef")
        sets = [sorted(str(v) for v in rng.choice(items, rng.integers(1, 3), replace=False)) for _ in range(8)]
        chains = [[int(v) for v in rng.choice(8, rng.integers(1, 4))] for _ in range(8)]
        root, found = model("SequenceModel", {"item": "string"}, ["item"], None, functionName="sequences", numberOfTransactions="100",
                            avgNumberOfItemsPerTransaction="2", maxNumberOfItemsPerTransaction="4", minimumSupport="0", minimumConfidence="0")
        for item in items:
            element(found, "Item", id=f"i{item}", value=item)
        for index, members in enumerate(sets):
            child = element(found, "Itemset", id=f"s{index}")
            for member in members:
                element(child, "ItemRef", itemRef=f"i{member}")
        for index, chain in enumerate(chains):
            child = element(found, "Sequence", id=f"q{index}")
            for position, at in enumerate(chain):
                if position:
                    element(child, "Delimiter", delimiter="acrossTimeWindows", gap="unknown")
                element(child, "SetReference", setId=f"s{at}")
        rules = [(int(a), int(c)) for a, c in rng.choice(8, (10, 2))]
        for index, (antecedent, consequent) in enumerate(rules):
            rule = element(found, "SequenceRule", id=f"r{index}", numberOfSets="2", occurrence="10", support="0.3", confidence="0.6")
            element(element(rule, "AntecedentSequence"), "SequenceReference", seqId=f"q{antecedent}")
            element(rule, "Delimiter", delimiter="acrossTimeWindows", gap="true")
            element(element(rule, "ConsequentSequence"), "SequenceReference", seqId=f"q{consequent}")
        records, expected = [], []
        for _ in range(40):
            history = [sorted(str(v) for v in rng.choice(items, rng.integers(1, 5), replace=False)) for _ in range(rng.integers(1, 6))]
            fired = [index for index, (a, _) in enumerate(rules) if holds(history, [sets[s] for s in chains[a]])]
            records.append({"item": history})
            expected.append({"$rules": [f"r{i}" for i in fired],
                             "$consequents": [[sets[s] for s in chains[rules[i][1]]] for i in fired]})
        save(f"sequence-{number}", root, tolerance=0, records=records, expected=expected)


def holds(history, steps):
    return any(all(set(step) <= set(history[at]) for step, at in zip(steps, places))
               for places in itertools.combinations(range(len(history)), len(steps)))


# Texts

WORDS = "ship sail wind harbour rain cloud storm bread oven flour salt yeast".split()


def texts():
    local = {"termFrequency": lambda n: n, "binary": lambda n: np.sign(n), "logarithmic": lambda n: np.log(1 + n),
             "augmentedNormalizedTermFrequency": lambda n: np.where(n > 0, 0.5 + 0.5 * n / n.max(axis=1, keepdims=True).clip(1), 0)}
    documents = [" ".join(rng.choice(WORDS[4 * (i % 3):4 * (i % 3) + 6], 20)) for i in range(9)]
    queries = [" ".join(rng.choice(WORDS, 6)) for _ in range(20)]
    counter = CountVectorizer(vocabulary=WORDS)
    counts, asked = counter.transform(documents).toarray().astype(float), counter.transform(queries).toarray().astype(float)
    present = (counts > 0).sum(0)
    weights = {"none": np.ones(len(WORDS)), "inverseDocumentFrequency": np.log(len(documents) / present),
               "GFIDF": counts.sum(0) / present, "normal": 1 / np.sqrt((counts**2).sum(0))}
    for (own, apply), (common, weight) in itertools.product(local.items(), weights.items()):
        for norm, kind in (("none", "cosine"), ("cosine", "euclidean"), ("none", "euclidean")):
            corpus, query = apply(counts) * weight, apply(asked) * weight
            if norm == "cosine":
                corpus, query = (m / np.linalg.norm(m, axis=1, keepdims=True).clip(1e-300) for m in (corpus, query))
            scores = cosine_similarity(query, corpus) if kind == "cosine" else euclidean_distances(query, corpus)
            best = scores.argmax(1) if kind == "cosine" else scores.argmin(1)
            root, found = model("TextModel", {"text": "string"}, ["text"], None, functionName="classification",
                                numberOfTerms=str(len(WORDS)), numberOfDocuments=str(len(documents)))
            element(element(found, "TextDictionary"), "Array", " ".join(WORDS), type="string", n=str(len(WORDS)))
            collection = element(found, "TextCorpus")
            for index in range(len(documents)):
                element(collection, "TextDocument", id=f"d{index}")
            real_matrix(element(found, "DocumentTermMatrix"), counts)
            element(found, "TextModelNormalization", localTermWeights=own, globalTermWeights=common, documentNormalization=norm)
            element(found, "TextModelSimiliarity", similarityType=kind)
            save(f"text-{own}-{common}-{norm}-{kind}", root, tolerance=1e-7, records=[{"text": q} for q in queries], expected=[
                {"$entityId": f"d{at}", "$affinity": row[at]} for at, row in zip(best, scores)])


def write():
    baselines()
    networks()
    sequences()
    texts()
