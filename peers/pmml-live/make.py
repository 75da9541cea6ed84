"""Writes the PMML files of the live comparison, and rows that their trainers saw, into the folder that is named.

Run with the Python of peers/.installed/venv. Seeds are fixed; NAME.pmml has its rows in NAME.csv.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from nyoka import skl_to_pmml
from sklearn.compose import ColumnTransformer
from sklearn.cluster import KMeans, MiniBatchKMeans
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.linear_model import GammaRegressor, LinearRegression, LogisticRegression, PoissonRegressor, TweedieRegressor
from sklearn.naive_bayes import CategoricalNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor, NearestCentroid
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer, MinMaxScaler, OneHotEncoder, OrdinalEncoder, PolynomialFeatures, StandardScaler,
)
from sklearn.svm import SVC, SVR, LinearSVC, NuSVC, OneClassSVM
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.ensemble import (
    AdaBoostRegressor, BaggingClassifier, GradientBoostingClassifier, IsolationForest, RandomForestClassifier,
    StackingClassifier, VotingClassifier, VotingRegressor,
)
from sklearn2pmml import sklearn2pmml
from sklearn2pmml.decoration import CategoricalDomain, ContinuousDomain
from sklearn2pmml.pipeline import PMMLPipeline
from sklearn2pmml.ruleset import RuleSetClassifier

from written import association, general_regression, scorecard

warnings.filterwarnings("ignore")
OUT = Path(sys.argv[1])
OUT.mkdir(parents=True, exist_ok=True)
FAILED = []


def frame(loader, target):
    data = loader()
    names = [n.replace(" (cm)", "").replace(" ", "_").replace("/", "_") for n in data.feature_names]
    table = pd.DataFrame(data.data, columns=names)
    labels = getattr(data, "target_names", None)
    table[target] = labels[data.target].astype(str) if labels is not None else data.target
    return table


def customers():
    """Mixed columns: numbers, integers, categories, dates; the numbers are drawn, the target depends on them."""
    rng = np.random.default_rng(7)
    n = 600
    table = pd.DataFrame({
        "age": rng.integers(18, 90, n),
        "income": np.round(rng.lognormal(10, 0.5, n), 2),
        "job": rng.choice(["Private", "Public", "Self", "None"], n, p=[0.5, 0.2, 0.2, 0.1]),
        "sex": rng.choice(["F", "M"], n),
        "joined": (np.datetime64("2000-01-01") + rng.integers(0, 8000, n)).astype("datetime64[D]").astype(str),
    })
    score = table["age"] / 20 + np.log(table["income"]) - 2 * (table["job"] == "None") + rng.normal(0, 1, n)
    table["spend"] = np.round(np.exp(score / 4), 3)
    table["claims"] = rng.poisson(np.exp(score / 10))
    table["level"] = np.where(score > 13.5, "high", np.where(score > 12, "mid", "low"))
    table["good"] = (score > 12.5).astype(int)
    return table


IRIS, WINE = frame(load_iris, "species"), frame(load_wine, "cultivar")
CANCER, DIABETES, PEOPLE = frame(load_breast_cancer, "diagnosis"), frame(load_diabetes, "progress"), customers()
PLAIN = {"iris": (IRIS, "species"), "wine": (WINE, "cultivar"), "cancer": (CANCER, "diagnosis"), "diabetes": (DIABETES, "progress")}
NUMBERS, CATEGORIES = ["age", "income"], ["job", "sex"]


def save_rows(name, table):
    table.sample(min(len(table), 200), random_state=1).to_csv(OUT / f"{name}.csv", index=False)


def attempt(name, action, table):
    try:
        action(OUT / f"{name}.pmml")
        save_rows(name, table)
    except Exception as error:  # one writer's refusal must not hide the others; the test counts the files
        FAILED.append(f"{name}: {type(error).__name__}: {str(error)[:300]}")


def jpmml(name, data, steps, columns=None, **options):
    """A pipeline that sklearn2pmml writes; `data` names a plain table, else it is (table, target or None)."""
    table, target = PLAIN[data] if isinstance(data, str) else data
    columns = columns or [c for c in table.columns if c != target][:13]

    def write(path):
        pipeline = PMMLPipeline(steps)
        pipeline.fit(table[columns], table[target] if target else None)
        if options:
            pipeline.configure(**options)
        sklearn2pmml(pipeline, str(path))

    attempt(name, write, table[columns])


def nyoka(name, data, steps):
    table, target = PLAIN[data]
    columns = [c for c in table.columns if c != target]

    def write(path):
        pipeline = Pipeline(steps)
        pipeline.fit(table[columns], table[target])
        skl_to_pmml(pipeline, columns, target, str(path))

    attempt(name, write, table[columns])


def by_columns(parts):
    """One pipeline of steps for each group of columns."""
    return ColumnTransformer([(str(i), make_pipeline(*steps), [columns] if isinstance(columns, str) else columns)
                              for i, (columns, steps) in enumerate(parts)])


def lenient(numbers=NUMBERS, categories=CATEGORIES, encoder=None, **domain):
    """Domains in every treatment, and one-hot (or given) categories."""
    return by_columns(
        [([c], [ContinuousDomain(**{k: v for k, v in domain.items() if k != "categorical"}), StandardScaler()]) for c in numbers]
        + [([c], [CategoricalDomain(**domain.get("categorical", {})), encoder() if encoder else OneHotEncoder(handle_unknown="ignore")]) for c in categories]
    )


AS_MISSING = dict(invalid_value_treatment="as_missing", missing_value_replacement=-1.0, missing_value_treatment="as_value")
EXTREME = dict(outlier_treatment="as_extreme_values", low_value=20, high_value=60000, invalid_value_treatment="as_is")
OUTLIERS = dict(outlier_treatment="as_missing_values", low_value=20, high_value=60000, missing_value_replacement=30.0)
CAT_MISSING = dict(categorical=dict(invalid_value_treatment="as_missing", missing_value_replacement="Private"))
CAT_VALUE = dict(categorical=dict(invalid_value_treatment="as_value", invalid_value_replacement="Public", missing_value_replacement="Self"))
CAT_AS_IS = dict(categorical=dict(invalid_value_treatment="as_is"))


def people(target):
    return (PEOPLE, target)


def mixed(name, target, model, *, encoder=None, **domain):
    jpmml(name, people(target), [("mapper", lenient(encoder=encoder, **domain)), ("model", model)], NUMBERS + CATEGORIES)


def make_sklearn():
    # TreeModel
    jpmml("tree-iris", "iris", [("model", DecisionTreeClassifier(random_state=1))])
    jpmml("tree-diabetes", "diabetes", [("model", DecisionTreeRegressor(max_depth=6, random_state=1))])
    mixed("tree-mixed-missing", "level", DecisionTreeClassifier(max_depth=6, random_state=1), **AS_MISSING, **CAT_MISSING)
    jpmml("tree-iris-missing", (IRIS.mask(np.random.default_rng(3).random(IRIS.shape) < 0.15).assign(species=IRIS["species"]), "species"),
          [("model", DecisionTreeClassifier(max_depth=5, random_state=1))])
    nyoka("tree-nyoka", "wine", [("scale", StandardScaler()), ("model", DecisionTreeClassifier(random_state=1))])
    # MiningModel
    mixed("mining-forest-extreme", "level", RandomForestClassifier(12, max_depth=6, random_state=1), **EXTREME, **CAT_VALUE)
    mixed("mining-boosting-outliers", "good", GradientBoostingClassifier(n_estimators=12, random_state=1), **OUTLIERS, **CAT_AS_IS)
    jpmml("mining-isolation", (IRIS, None), [("model", IsolationForest(n_estimators=20, random_state=1))], list(IRIS.columns[:4]))
    jpmml("mining-voting", "iris", [("model", VotingClassifier([("a", LogisticRegression()), ("b", DecisionTreeClassifier(max_depth=3)), ("c", GaussianNB())], voting="soft"))])
    jpmml("mining-stacking", "wine", [("model", StackingClassifier([("a", LogisticRegression()), ("b", DecisionTreeClassifier(max_depth=3, random_state=1))]))])
    jpmml("mining-bagging", "wine", [("model", BaggingClassifier(LogisticRegression(), 5, random_state=1))])
    jpmml("mining-adaboost", "diabetes", [("model", AdaBoostRegressor(DecisionTreeRegressor(max_depth=3), n_estimators=9, random_state=1))])
    jpmml("mining-mean", "diabetes", [("model", VotingRegressor([("a", LinearRegression()), ("b", DecisionTreeRegressor(max_depth=3, random_state=1))]))])
    nyoka("mining-nyoka", "iris", [("model", RandomForestClassifier(8, random_state=1))])
    # RegressionModel
    mixed("regression-logistic-missing", "level", LogisticRegression(max_iter=500), **AS_MISSING, **CAT_MISSING)
    mixed("regression-linear-extreme", "spend", LinearRegression(), **EXTREME, **CAT_VALUE)
    mixed("regression-binary-strict", "good", LogisticRegression(max_iter=500))
    jpmml("regression-polynomial", "diabetes", [("poly", PolynomialFeatures(2)), ("model", LinearRegression())], ["age", "bmi", "bp", "s1"])
    jpmml("regression-ovr-svc", "wine", [("scale", StandardScaler()), ("model", LinearSVC(random_state=1))])
    jpmml("regression-bins", "iris", [("bins", KBinsDiscretizer(4, encode="onehot")), ("model", LogisticRegression(max_iter=500))])
    nyoka("regression-nyoka", "diabetes", [("scale", MinMaxScaler()), ("model", LinearRegression())])
    # GeneralRegressionModel or RegressionModel, as the writer chooses
    for kind, model, target in [("poisson", PoissonRegressor(), "claims"), ("gamma", GammaRegressor(), "spend"), ("tweedie", TweedieRegressor(power=1.5), "spend")]:
        mixed(f"glm-{kind}", target, model, **AS_MISSING, **CAT_MISSING)
    # ClusteringModel
    jpmml("clustering-iris", (IRIS, None), [("model", KMeans(3, random_state=1, n_init=4))], list(IRIS.columns[:4]))
    jpmml("clustering-scaled", (WINE, None), [("scale", StandardScaler()), ("model", MiniBatchKMeans(5, random_state=1, n_init=4))], list(WINE.columns[:13]))
    jpmml("clustering-missing", (PEOPLE, None), [("mapper", lenient(**AS_MISSING, **CAT_MISSING)), ("model", KMeans(4, random_state=1, n_init=4))], NUMBERS + CATEGORIES)
    nyoka_cluster()
    # NaiveBayesModel
    jpmml("bayes-iris", "iris", [("model", GaussianNB())])
    jpmml("bayes-wine", "wine", [("model", GaussianNB(var_smoothing=1e-5))])
    for kind, model in [("categorical", CategoricalNB()), ("multinomial", MultinomialNB())]:
        mapper = by_columns([([c], [CategoricalDomain(invalid_value_treatment="as_missing"),
                                         OrdinalEncoder() if kind == "categorical" else OneHotEncoder(sparse_output=False)]) for c in CATEGORIES])
        jpmml(f"bayes-{kind}", people("level"), [("mapper", mapper), ("model", model)], CATEGORIES)
    nyoka("bayes-nyoka", "iris", [("model", GaussianNB())])
    # NearestNeighborModel
    jpmml("neighbor-iris", "iris", [("model", KNeighborsClassifier(5))])
    jpmml("neighbor-diabetes", "diabetes", [("model", KNeighborsRegressor(4, metric="manhattan"))])
    mixed("neighbor-mixed", "spend", KNeighborsRegressor(3), **AS_MISSING, **CAT_MISSING)
    jpmml("neighbor-centroid", "iris", [("model", NearestCentroid())])
    # NeuralNetwork
    for act in ["relu", "tanh", "logistic", "identity"]:
        jpmml(f"neural-iris-{act}", "iris", [("scale", StandardScaler()), ("model", MLPClassifier((6, 4), activation=act, max_iter=200, random_state=1))])
    jpmml("neural-diabetes", "diabetes", [("model", MLPRegressor((8,), activation="tanh", max_iter=200, random_state=1))])
    mixed("neural-binary-mixed", "good", MLPClassifier((5,), max_iter=200, random_state=1), **AS_MISSING, **CAT_MISSING)
    nyoka("neural-nyoka", "wine", [("scale", StandardScaler()), ("model", MLPClassifier((5,), max_iter=200, random_state=1))])
    # SupportVectorMachineModel
    for kernel in ["rbf", "poly", "sigmoid", "linear"]:
        jpmml(f"svm-iris-{kernel}", "iris", [("scale", StandardScaler()), ("model", SVC(kernel=kernel, random_state=1))])
    jpmml("svm-cancer", "cancer", [("scale", StandardScaler()), ("model", NuSVC(nu=0.2))])
    jpmml("svm-diabetes", "diabetes", [("scale", StandardScaler()), ("model", SVR())])
    mixed("svm-mixed", "spend", SVR(kernel="poly", degree=2), **AS_MISSING, **CAT_MISSING)
    jpmml("svm-one-class", (IRIS, None), [("model", OneClassSVM(nu=0.1))], list(IRIS.columns[:4]))
    nyoka("svm-nyoka", "iris", [("scale", StandardScaler()), ("model", SVC(probability=True, random_state=1))])
    nyoka("svm-nyoka-regression", "diabetes", [("scale", StandardScaler()), ("model", SVR())])
    # RuleSetModel
    rules = {
        "ruleset-iris": ("iris", [("X['petal_length'] < 2.45", "setosa"), ("X['petal_width'] > 1.75", "virginica"), ("X['petal_length'] > 4.95 and X['petal_width'] > 1.55", "virginica")], "versicolor", None),
        "ruleset-people": (people("level"), [("X['age'] > 60 and X['income'] != 20000", "high"), ("X['income'] > 30000 or X['age'] >= 75", "mid"), ("X['age'] in [20, 21, 22]", "low")], "low", ["age", "income"]),
        "ruleset-no-default": (people("level"), [("X['age'] > 60", "high"), ("X['income'] < 20000 or X['age'] < 30", "mid")], None, ["age", "income"]),
    }
    for name, (data, pairs, default, columns) in rules.items():
        jpmml(name, data, [("model", RuleSetClassifier(pairs, default_score=default))], columns)


def nyoka_cluster():
    def write(path):
        pipeline = Pipeline([("scale", StandardScaler()), ("model", KMeans(3, random_state=1, n_init=4))])
        columns = list(IRIS.columns[:4])
        pipeline.fit(IRIS[columns])
        skl_to_pmml(pipeline, columns, "cluster", str(path))

    attempt("clustering-nyoka", write, IRIS[list(IRIS.columns[:4])])


def make_written():
    """The model types that neither writer has; coefficients are those of scikit-learn's fits."""
    levels = ["Private", "Public", "Self"]
    design = np.column_stack([PEOPLE["age"], PEOPLE["income"] / 1e4, *[(PEOPLE["job"] == v).astype(float) for v in levels]])
    terms = ["age", "income", *[f"job={v}" for v in levels]]

    def betas(intercept, values):
        scaled = [v / 1e4 if t == "income" else v for t, v in zip(terms, values)]
        return {"": intercept, **dict(zip(terms, scaled))}

    def general(name, target, coefficients, model_type, classes=None, **attributes):
        attempt(name, lambda path: general_regression(path, PEOPLE, target, model_type, coefficients, classes, **attributes), PEOPLE[["age", "income", "job"]])

    poisson, gamma = PoissonRegressor(max_iter=500).fit(design, PEOPLE["claims"]), GammaRegressor(max_iter=500).fit(design, PEOPLE["spend"])
    general("general-poisson", "claims", {None: betas(poisson.intercept_, poisson.coef_)}, "generalizedLinear", linkFunction="log", distribution="poisson")
    interactions = {**betas(gamma.intercept_, gamma.coef_), "age:job=Self": 0.0125, "age:age^": 1e-7, "income:job=Public": 2e-7}
    general("general-interactions", "spend", {None: interactions}, "generalLinear")
    for link in ["identity", "logit", "cloglog", "loglog", "probit", "negbin", "oddspower", "power"]:
        extra = {"negbin": dict(distParameter="0.5"), "oddspower": dict(linkParameter="2"), "power": dict(linkParameter="-2")}.get(link, {})
        offset = -1.0 if link == "negbin" else 0.0
        beta = {k: v / 10 + (offset if k == "" else 0) for k, v in betas(gamma.intercept_, -np.abs(gamma.coef_) if link == "negbin" else gamma.coef_).items()}
        general(f"general-{link}", "spend", {None: beta}, "generalizedLinear", linkFunction=link, **extra)
    logistic = LogisticRegression(max_iter=2000).fit(design, PEOPLE["level"])
    classes = [str(c) for c in logistic.classes_]
    relative = {c: betas(logistic.intercept_[i] - logistic.intercept_[-1], logistic.coef_[i] - logistic.coef_[-1]) for i, c in enumerate(classes[:-1])}
    general("general-multinomial", "level", relative, "multinomialLogistic", classes)
    thresholds = {"high": {"": -1.0}, "low": {"": 1.25}, None: {k: v for k, v in relative["high"].items() if k}}
    general("general-ordinal", "level", thresholds, "ordinalMultinomial", classes, cumulativeLink="cloglog")
    for algorithm in ["pointsAbove", "pointsBelow"]:
        for baseline in ["5", "22"]:
            attempt(f"scorecard-{algorithm}-{baseline}", lambda path: scorecard(path, PEOPLE, algorithm, baseline), PEOPLE[["age", "income", "job"]])
    random = np.random.default_rng(11)
    baskets = [frozenset(np.array(["beer", "bread", "milk", "nappies", "water", "wine"])[random.random(6) < [0.3, 0.6, 0.5, 0.3, 0.7, 0.2]]) for _ in range(300)]
    rows = pd.DataFrame({"basket": ["|".join(sorted(b)) for b in baskets]})
    for algorithm in ["recommendation", "exclusiveRecommendation", "ruleAssociation"]:
        for feature in ["consequent", "confidence", "ruleId"]:
            attempt(f"association-{algorithm}-{feature}", lambda path: association(path, baskets, 0.05, algorithm, feature), rows)


make_written()
make_sklearn()
if __name__ == "__main__":
    print(f"{len(list(OUT.glob('*.pmml')))} files")
    for line in FAILED:
        print(line, file=sys.stderr)
