"""Gaussian processes and anomaly detectors of scikit-learn, written by nyoka or here."""

from xml.etree import ElementTree as xml

import numpy as np
from nyoka import skl_to_pmml
from sklearn.cluster import KMeans
from sklearn.datasets import load_diabetes, load_iris, load_wine
from sklearn.ensemble import IsolationForest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel
from sklearn.pipeline import Pipeline
from sklearn.svm import OneClassSVM

from document import NAMESPACE, answers, element, model, path, real_array, save

rng = np.random.default_rng(21)
GAMMA = 0.57721566  # as nyoka cuts it off


def gaussian_process(name, kernel_name, points, targets, lengths, gamma, noise, predict, degree=None):
    inputs = [f"x{i}" for i in range(points.shape[1])]
    root, found = model("GaussianProcessModel", {**{n: "double" for n in inputs}, "y": "double"}, inputs, "y",
                        functionName="regression")
    output = element(found, "Output")
    element(output, "OutputField", name="deviation", optype="continuous", dataType="double", feature="standardDeviation")
    kernel = element(found, kernel_name, gamma=float(gamma), noiseVariance=float(noise),
                     **({} if degree is None else {"degree": float(degree)}))
    if kernel_name == "RadialBasisKernel":
        kernel.set("lambda", repr(float(lengths[0])))
    else:
        real_array(element(kernel, "Lambda"), lengths)
    instances = element(found, "TrainingInstances", recordCount=str(len(points)), fieldCount=str(len(inputs) + 1))
    fields = element(instances, "InstanceFields")
    for field in [*inputs, "y"]:
        element(fields, "InstanceField", field=field, column=field)
    table = element(instances, "InlineTable")
    for point, target in zip(points, targets):
        row = element(table, "row")
        for field, value in zip([*inputs, "y"], [*point, target]):
            element(row, field, repr(float(value)))
    asked = np.round(rng.uniform(points.min(0) - 1, points.max(0) + 1, (40, len(inputs))), 4)
    means, deviations = predict(asked)
    save(name, root, tolerance=1e-7, records=[dict(zip(inputs, row)) for row in asked], expected=[
        {"y": mean, "deviation": deviation, "$variance": deviation**2} for mean, deviation in zip(means, deviations)])


def scikit_process(name, kernel_name, points, kernel, lengths_of):
    """A fitted constant times a kernel, plus white noise."""
    targets = np.round(np.sin(points[:, 0]) + 0.3 * points.sum(1) + rng.normal(0, 0.1, len(points)), 4)
    fitted = GaussianProcessRegressor(ConstantKernel(2.0) * kernel + WhiteKernel(0.05), random_state=0).fit(points, targets)
    product, white = fitted.kernel_.k1, fitted.kernel_.k2
    gaussian_process(name, kernel_name, points, targets, lengths_of(product.k2), product.k1.constant_value,
                     white.noise_level, lambda asked: fitted.predict(asked, return_std=True))


def direct_process(name, kernel_name, points, lengths, degree, power):
    """No kernel of scikit-learn; the formula solved by numpy."""
    targets = np.round(np.cos(points[:, 0]) + points[:, 1] ** 2 / 4 + rng.normal(0, 0.05, len(points)), 4)
    gamma, noise = 1.7, 0.03

    def covariance(a, b):
        return gamma * np.exp(-(np.abs(a[:, None, :] - b[None, :, :]) / lengths) ** power @ np.ones(len(lengths)))

    inverse = np.linalg.inv(covariance(points, points) + noise * np.eye(len(points)))

    def predict(asked):
        across = covariance(asked, points)
        return across @ inverse @ targets, np.sqrt(gamma + noise - np.sum(across @ inverse * across, axis=1))

    gaussian_process(name, kernel_name, points, targets, lengths, gamma, noise, predict, degree)


def processes():
    def spread(count, width):
        return np.round(rng.uniform(-3, 3, (count, width)), 4)

    scikit_process("process-radial", "RadialBasisKernel", spread(50, 1), RBF(1.0), lambda k: [k.length_scale])
    scikit_process("process-radial-3", "RadialBasisKernel", spread(80, 3), RBF(1.0), lambda k: [k.length_scale])
    scikit_process("process-ard", "ARDSquaredExponentialKernel", spread(80, 3), RBF([1.0, 1.0, 1.0]), lambda k: k.length_scale)
    scikit_process("process-absolute", "AbsoluteExponentialKernel", spread(50, 1), Matern(1.0, nu=0.5), lambda k: [k.length_scale])
    direct_process("process-absolute-2", "AbsoluteExponentialKernel", spread(60, 2), np.array([1.5, 0.8]), None, 1)
    direct_process("process-generalized", "GeneralizedExponentialKernel", spread(60, 2), np.array([1.5, 0.8]), 1.4, 1.4)
    direct_process("process-generalized-2", "GeneralizedExponentialKernel", spread(60, 2), np.array([0.9, 2.1]), 2, 2)


def single(frame):
    """scikit-learn compares float32 values with its thresholds."""
    return frame.astype(np.float32).astype(float)


def records(frame):
    return frame.to_dict("records")


def anomalies():
    tables = {"iris": load_iris(as_frame=True).data, "wine": load_wine(as_frame=True).data,
              "diabetes": load_diabetes(as_frame=True).data}
    for name, frame in tables.items():
        frame = single(frame.rename(columns=lambda c: "".join(ch for ch in c if ch.isalnum())))
        fitted = IsolationForest(n_estimators=20, max_samples=min(64, len(frame)), random_state=0).fit(frame)
        forests(name, frame, fitted)
        if name == "diabetes":
            continue
        machine = OneClassSVM(nu=0.1, gamma="scale").fit(frame)
        skl_to_pmml(Pipeline([("model", machine)]).fit(frame), list(frame.columns), pmml_f_name=path(f"anomaly-machine-{name}"))
        answers(f"anomaly-machine-{name}", tolerance=1e-9, records=records(frame), expected=[
            {"anomalyScore": score, "outlier": bool(score < 0)} for score in machine.decision_function(frame)])
        cluster_distances(name, frame)


def forests(name, frame, fitted):
    """nyoka adds 1 to the path of a leaf of one record, where 0 belongs; the second file is put right."""
    by_nyoka = path(f"anomaly-forest-nyoka-{name}")
    skl_to_pmml(Pipeline([("model", fitted)]).fit(frame), list(frame.columns), pmml_f_name=by_nyoka)
    size = fitted.max_samples_
    paths = sum(nyoka_paths(tree.tree_, frame) for tree in fitted.estimators_) / len(fitted.estimators_)
    answers(f"anomaly-forest-nyoka-{name}", tolerance=1e-12, records=records(frame), expected=[
        {"anomalyScore": score} for score in 2 ** (-paths / search_length(size))])
    xml.register_namespace("", NAMESPACE)
    root = xml.parse(by_nyoka)
    for node in root.iter(f"{{{NAMESPACE}}}Node"):
        if node.get("score") is not None:
            count = float(node.get("recordCount"))
            right = 0.0 if count <= 1 else 1.0 if count == 2 else search_length(count)
            node.set("score", repr(float(float(node.get("score")) - nyoka_length(count) + right)))
    root.write(path(f"anomaly-forest-{name}"))
    answers(f"anomaly-forest-{name}", tolerance=1e-12, records=records(frame), expected=[
        {"anomalyScore": -score} for score in fitted.score_samples(frame)])


def search_length(count, gamma=np.euler_gamma):
    return 2 * (np.log(count - 1) + gamma) - 2 * (count - 1) / count


def nyoka_length(count):
    return 1.0 if count <= 1 else search_length(count, GAMMA)


def nyoka_paths(tree, frame):
    points = frame.values.astype(np.float32)
    counts = tree.n_node_samples[tree.apply(points)]
    depths = np.asarray(tree.decision_path(points).sum(1)).ravel() - 1
    return depths + [nyoka_length(count) for count in counts]


def cluster_distances(name, frame):
    fitted = KMeans(4, random_state=0, n_init=3).fit(frame)
    distances = fitted.transform(frame).min(1)
    means = [distances[fitted.labels_ == cluster].mean() for cluster in range(4)]
    inputs = list(frame.columns)
    root, found = model("AnomalyDetectionModel", {n: "double" for n in inputs}, inputs, None,
                        functionName="regression", algorithmType="clusterMeanDist")
    inner = element(found, "ClusteringModel", functionName="clustering", modelClass="centerBased", numberOfClusters="4")
    schema = element(inner, "MiningSchema")
    for field in inputs:
        element(schema, "MiningField", name=field)
    element(element(inner, "ComparisonMeasure", kind="distance"), "euclidean")
    for field in inputs:
        element(inner, "ClusteringField", field=field, compareFunction="absDiff")
    for center in fitted.cluster_centers_:
        real_array(element(inner, "Cluster"), center)
    real_array(element(found, "MeanClusterDistances"), means)
    save(f"anomaly-clusters-{name}", root, tolerance=1e-9, records=records(frame), expected=[
        {"$predictedValue": distance / means[label]} for distance, label in zip(distances, fitted.labels_)])


def write():
    processes()
    anomalies()
