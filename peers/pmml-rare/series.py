"""Time series: fitted by statsmodels and arch, written by nyoka or here."""

import numpy as np
import pandas as pd
from arch import arch_model
from nyoka import ExponentialSmoothingToPMML, StatsmodelsToPmml
from scipy.linalg import toeplitz
from scipy.signal import lfilter
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.arima_process import arma_acovf
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.holtwinters import ExponentialSmoothing
from statsmodels.tsa.statespace.sarimax import SARIMAX
from statsmodels.tsa.statespace.structural import UnobservedComponents
from statsmodels.tsa.statespace.varmax import VARMAX

from document import answers, element, model, path, real_array, real_matrix, save

rng = np.random.default_rng(20)
LENGTH = 72
HORIZON = 10


def monthly(values, name="sales"):
    index = pd.date_range("2019-01-01", periods=len(values), freq="MS", name="month")
    return pd.Series(np.round(values, 3), index=index, name=name)


def sample(trend=0.4, season=6.0, noise=1.0, length=LENGTH):
    t = np.arange(length)
    wave = season * np.sin(2 * np.pi * t / 12) + 0.4 * season * np.cos(2 * np.pi * t / 6)
    shocks = lfilter([1, 0.4], [1, -0.5], rng.normal(0, noise, length))
    return monthly(60 + trend * t + wave + shocks)


SALES = sample()


def series_model(algorithm, target, extra=(), active=()):
    """A TimeSeriesModel with the stored series of its target, if there is one."""
    fields = {"y": "double", **{name: "double" for name in active}}
    root, found = model("TimeSeriesModel", fields, active, "y", functionName="timeSeries", bestFit=algorithm)
    output = element(found, "Output")
    element(output, "OutputField", name="error", optype="continuous", dataType="double", feature="standardError")
    if target is not None:
        stored_values(found, target)
    return root, element(found, algorithm, **dict(extra))


def stored_values(parent, values):
    series = element(parent, "TimeSeries")
    for index, value in enumerate(values):
        element(series, "TimeValue", index=str(index + 1), value=float(value))


def component(parent, name, ar=(), ma=(), residuals=None, **orders):
    found = element(parent, name, **{k: str(v) for k, v in orders.items()})
    if len(ar):
        real_array(element(found, "AR"), ar)
    if len(ma):
        moving = element(found, "MA")
        real_array(element(moving, "MACoefficients"), ma)
        if residuals is not None:
            real_array(element(moving, "Residuals"), residuals)
    return found


# Exponential smoothing

def nyoka_smoothing(name, **settings):
    # nyoka stores the seasons that the fit began with, so they must not move.
    fixed = {"smoothing_seasonal": 0.0} if settings.get("seasonal") else {}
    with_start = ExponentialSmoothing(SALES, seasonal_periods=12 if settings.get("seasonal") else None, **settings)
    with with_start.fix_params(fixed):
        fitted = with_start.fit()
    ExponentialSmoothingToPMML(fitted, path(name))
    answers(name, forecast=fitted.forecast(HORIZON).values, tolerance=1e-10)


def written_smoothing(name, **settings):
    fitted = ExponentialSmoothing(SALES, seasonal_periods=12 if settings.get("seasonal") else None, **settings).fit()
    root, found = series_model("ExponentialSmoothing", None, {"RMSE": float(np.sqrt(fitted.sse / LENGTH))})
    parameters = fitted.params
    element(found, "Level", alpha=float(parameters["smoothing_level"]), smoothedValue=float(fitted.level.iloc[-1]))
    kinds = {"add": "additive", "mul": "multiplicative"}
    if settings.get("trend"):
        damped = settings.get("damped_trend")
        element(found, "Trend_ExpoSmooth", trend=("damped_" if damped else "") + kinds[settings["trend"]],
                gamma=float(parameters["smoothing_trend"]), phi=float(parameters["damping_trend"]) if damped else 1.0,
                smoothedValue=final_trend(fitted, settings) if damped else float(fitted.trend.iloc[-1]))
    if settings.get("seasonal"):
        season = element(found, "Seasonality_ExpoSmooth", type=kinds[settings["seasonal"]], period="12",
                         delta=float(parameters["smoothing_seasonal"]))
        real_array(season, fitted.season.iloc[-12:])
    save(name, root, forecast=fitted.forecast(HORIZON).values, tolerance=1e-10)


def final_trend(fitted, settings):
    """The trend by the recursion itself: the results show another one where it is damped, multiplied and has seasons."""
    p = fitted.params
    times, power = settings["trend"] == "mul", p["damping_trend"]
    level, trend, seasons = p["initial_level"], p["initial_trend"], list(p["initial_seasons"])
    for value in SALES.values:
        damped = trend**power if times else trend * power
        expected = level * damped if times else level + damped
        season = seasons[-12] if seasons else None
        bare = value if season is None else value - season if settings["seasonal"] == "add" else value / season
        moved = p["smoothing_level"] * bare + (1 - p["smoothing_level"]) * expected
        if season is not None:
            over = value - expected if settings["seasonal"] == "add" else value / expected
            seasons.append(p["smoothing_seasonal"] * over + (1 - p["smoothing_seasonal"]) * season)
        step = moved / level if times else moved - level
        trend, level = p["smoothing_trend"] * step + (1 - p["smoothing_trend"]) * damped, moved
    return float(trend)


def smoothing():
    nyoka_smoothing("smoothing-nyoka-simple")
    nyoka_smoothing("smoothing-nyoka-holt", trend="add")
    nyoka_smoothing("smoothing-nyoka-damped", trend="add", damped_trend=True)
    nyoka_smoothing("smoothing-nyoka-winters", trend="add", seasonal="mul")
    for trend in (None, "add", "mul"):
        for seasonal in (None, "add", "mul"):
            for damped in (False, True) if trend else (False,):
                ending = f"{trend or 'none'}{'-damped' if damped else ''}-{seasonal or 'none'}"
                written_smoothing(f"smoothing-{ending}", trend=trend, seasonal=seasonal, damped_trend=damped)


def smoothing_errors():
    """Standard errors: exact for additive errors, by the parameters that correct the errors."""
    for name, settings in (("simple", {}), ("trend", dict(trend="add")), ("damped", dict(trend="add", damped_trend=True)),
                           ("winters", dict(trend="add", seasonal="add", seasonal_periods=12))):
        fitted = ETSModel(SALES, error="add", **settings).fit(disp=False)
        parameters = dict(zip(fitted.param_names, np.asarray(fitted.params)))
        states = fitted.states.iloc[-1]
        alpha = float(parameters["smoothing_level"])
        found = fitted.get_prediction(start=LENGTH, end=LENGTH + 2 * HORIZON - 1)
        root, smoothed = series_model("ExponentialSmoothing", None, {"RMSE": float(np.sqrt(fitted.scale))}, active=["h"])
        element(smoothed, "Level", alpha=alpha, smoothedValue=float(states["level"]))
        if "trend" in settings:
            damped = settings.get("damped_trend", False)
            element(smoothed, "Trend_ExpoSmooth", trend="damped_additive" if damped else "additive",
                    gamma=float(parameters["smoothing_trend"] / alpha), smoothedValue=float(states["trend"]),
                    phi=float(parameters["damping_trend"]) if damped else 1.0)
        if "seasonal" in settings:
            season = element(smoothed, "Seasonality_ExpoSmooth", type="additive", period="12",
                             delta=float(parameters["smoothing_seasonal"] / (1 - alpha)))
            real_array(season, fitted.states["seasonal"].iloc[-12:])
        errors = np.sqrt(np.asarray(found.forecast_variance))
        save(f"smoothing-errors-{name}", root, tolerance=1e-9, records=[{"h": h + 1} for h in range(2 * HORIZON)], expected=[
            {"y": mean, "error": error} for mean, error in zip(np.asarray(found.predicted_mean), errors)])


# ARIMA

ORDERS = {
    "ar": ((2, 0, 0), (0, 0, 0, 0), "c"),
    "ma": ((0, 1, 2), (0, 0, 0, 0), "n"),
    "arma": ((2, 0, 1), (0, 0, 0, 0), "c"),
    "integrated": ((1, 1, 1), (0, 0, 0, 0), "n"),
    "twice": ((1, 2, 1), (0, 0, 0, 0), "n"),
    "seasonal": ((1, 1, 1), (0, 1, 1, 12), "n"),
    "season-ar": ((1, 0, 1), (1, 1, 0, 12), "n"),
    "season-ma": ((2, 1, 0), (1, 0, 1, 4), "n"),
}


def differenced(values, order, seasonal):
    values = np.asarray(values, dtype=float)
    for _ in range(seasonal[1]):
        values = values[seasonal[3]:] - values[:-seasonal[3]]
    for _ in range(order[1]):
        values = values[1:] - values[:-1]
    return values


def integrated(changes, values, order, seasonal):
    polynomial = np.array([1.0])
    for _ in range(order[1]):
        polynomial = np.convolve(polynomial, [1, -1])
    for _ in range(seasonal[1]):
        polynomial = np.convolve(polynomial, np.r_[1, np.zeros(seasonal[3] - 1), -1])
    series = list(np.asarray(values, dtype=float))
    for change in changes:
        series.append(change - sum(c * series[-lag] for lag, c in enumerate(polynomial) if lag))
    return series[-len(changes):]


def arma(changes, order, seasonal):
    """An ARMA of a differenced series without mean, and its coefficients: no differences, no diffuse start."""
    found = SARIMAX(changes, order=(order[0], 0, order[2]), seasonal_order=(seasonal[0], 0, seasonal[2], seasonal[3]))
    found.ssm.tolerance = 0  # the filter never takes its gain for settled
    fitted = found.fit(disp=False)
    split = np.cumsum([order[0], order[2], seasonal[0], seasonal[2]])
    return fitted, dict(zip(("ar", "ma", "sar", "sma"), np.split(np.asarray(fitted.params), split)))


def components(found, order, seasonal, parts, residuals=None):
    component(found, "NonseasonalComponent", parts["ar"], parts["ma"], residuals, p=order[0], d=order[1], q=order[2])
    if seasonal[3]:
        component(found, "SeasonalComponent", parts["sar"], parts["sma"], residuals, P=seasonal[0], D=seasonal[1],
                  Q=seasonal[2], period=seasonal[3])


def polynomials(fitted):
    return np.asarray(fitted.polynomial_reduced_ar), np.asarray(fitted.polynomial_reduced_ma)


def arimas():
    for name, (order, seasonal, trend) in ORDERS.items():
        mean = float(np.mean(SALES)) if trend == "c" else 0.0
        fitted, parts = arma(differenced(SALES, order, seasonal) - mean, order, seasonal)
        wanted = integrated(fitted.forecast(HORIZON) + mean, SALES, order, seasonal)
        settings = {"RMSE": float(np.sqrt(fitted.params[-1])), "constantTerm": mean}
        # The residuals of the filter, as writers store them. Seasonal moving averages near the unit circle have not
        # settled in a series this short, so that residuals alone cannot give the exact forecasts.
        if name != "seasonal":
            root, found = series_model("ARIMA", SALES, settings)
            components(found, order, seasonal, parts, np.asarray(fitted.resid)[-40:])
            save(f"arima-{name}-conditional", root, forecast=wanted, tolerance=1e-6)
        exact = {**settings, "predictionMethod": "exactLeastSquares"}
        root, found = series_model("ARIMA", SALES, exact)
        components(found, order, seasonal, parts)
        save(f"arima-{name}-exact", root, forecast=wanted, tolerance=1e-9)
        root, found = series_model("ARIMA", SALES, exact)
        components(found, order, seasonal, parts)
        kalman_state(found, fitted)
        save(f"arima-{name}-kalman", root, forecast=wanted, tolerance=1e-9)
        root, found = series_model("ARIMA", SALES, exact)
        components(found, order, seasonal, parts)
        theta_state(found, fitted, differenced(SALES, order, seasonal) - mean)
        save(f"arima-{name}-theta", root, forecast=wanted, tolerance=1e-9)
    for name, apply, undo in (("logarithmic", np.log, np.exp), ("squareroot", np.sqrt, np.square)):
        order, seasonal = (1, 1, 1), (0, 0, 0, 0)
        fitted, parts = arma(differenced(apply(SALES), order, seasonal), order, seasonal)
        root, found = series_model("ARIMA", SALES, {"transformation": name, "predictionMethod": "exactLeastSquares"})
        components(found, order, seasonal, parts)
        save(f"arima-{name}", root, forecast=undo(integrated(fitted.forecast(HORIZON), apply(SALES), order, seasonal)),
             tolerance=1e-9)


def psi_weights(fitted, count):
    ar, ma = polynomials(fitted)
    return lfilter(ma, ar, np.r_[1, np.zeros(count - 1)])


def kalman_state(found, fitted):
    """The state of predictions: the next max(p, q) values of the noise, with its psi weights."""
    ar, ma = polynomials(fitted)
    size = max(len(ar), len(ma)) - 1
    kalman = element(element(found, "MaximumLikelihoodStat", method="kalman"), "KalmanState")
    real_matrix(element(kalman, "FinalOmega"), np.zeros((size, size)))
    real_array(element(kalman, "FinalStateVector"), fitted.forecast(size))
    real_array(element(kalman, "HVector"), psi_weights(fitted, size + 1)[1:])


def theta_state(found, fitted, noise):
    """The last rows of the innovations algorithm, from the Cholesky factor of the whole covariance."""
    ar, ma = polynomials(fitted)
    p, q, n = len(ar) - 1, len(ma) - 1, len(noise)
    covariance = toeplitz(arma_acovf(ar, ma, n))
    turn = np.eye(n)
    for row in range(max(p, q), n):
        turn[row, row - p:row + 1] = ar[::-1]
    lower = np.linalg.cholesky(turn @ covariance @ turn.T)
    theta = lower / np.diag(lower)
    innovations = np.linalg.solve(theta, turn @ np.asarray(noise))
    count, final = max(p, q, 1), np.asarray(noise)
    state = element(element(found, "MaximumLikelihoodStat", method="thetaRecursion"), "ThetaRecursionState")
    real_array(element(state, "FinalNoise"), final[-count:])
    real_array(element(state, "FinalPredictedNoise"), (final - innovations)[-count:])
    rows = element(state, "FinalTheta")
    for row in range(n - max(q, 1), n):
        for lag in range(1, max(q, 1) + 1):
            element(rows, "Theta", i=str(row), j=str(lag), theta=float(theta[row, row - lag]) if q else 0.0)
    real_array(element(state, "FinalNu"), np.diag(lower)[n - max(q, 1):] ** 2)


# Regressors

def regressors():
    t = np.arange(LENGTH + HORIZON)
    x = np.round(20 + 0.2 * t + 3 * np.sin(t / 3) + rng.normal(0, 0.5, len(t)), 3)
    for name, order, seasonal, numerator, denominator, delay in (
        ("simple", (1, 0, 0), (0, 0, 0, 0), [0.8], [1], 0),
        ("lags", (1, 1, 1), (0, 0, 0, 0), [0.8, 0.5, -0.3], [1], 2),
        ("rational", (1, 0, 1), (0, 0, 0, 0), [1.2, 0.4], [1, -0.6], 1),
        ("seasonal", (1, 0, 0), (0, 1, 1, 12), [0.9], [1], 0),
    ):
        filtered = np.r_[np.zeros(delay), lfilter(numerator, denominator, x)][: len(t)]
        # The filter's start is not in the document; a long history makes it small.
        noise = lfilter([1, 0.3], [1, -0.5], rng.normal(0, 1, len(t)))
        y = np.round(10 + filtered + noise, 3)
        y[:LENGTH] += SALES.values - np.mean(SALES.values) if seasonal[1] else 0
        y, effect = y[:LENGTH], differenced(filtered, order, seasonal)
        past = LENGTH - (len(filtered) - len(effect))
        mean = 0.0 if order[1] or seasonal[1] else 10.0
        reach = delay + len(numerator) - 1 + (0 if len(denominator) == 1 else 40)
        skipped = max(0, reach - (len(filtered) - len(effect)))
        changes = differenced(y, order, seasonal) - effect[:past] - mean
        fitted, parts = arma(changes[skipped:], order, seasonal)
        wanted = integrated(fitted.forecast(HORIZON) + mean + effect[past:], y, order, seasonal)
        for method in ("stored", "userSupplied"):
            supplied = method == "userSupplied"
            root, found = series_model("ARIMA", y, {"constantTerm": mean, "predictionMethod": "exactLeastSquares"},
                                       active=["h", "x"] if supplied else [])
            components(found, order, seasonal, parts)
            regressor = element(found, "DynamicRegressor", field="x", delay=str(delay), futureValuesMethod=method)
            top = element(regressor, "Numerator")
            factor = element(top, "NonseasonalFactor", difference=str(order[1]), maximumOrder=str(len(numerator) - 1))
            real_array(factor, [numerator[0], *(-v for v in numerator[1:])])
            if seasonal[1]:
                element(top, "SeasonalFactor", difference=str(seasonal[1]), maximumOrder="0")
            if len(denominator) > 1:
                below = element(element(regressor, "Denominator"), "NonseasonalFactor", maximumOrder=str(len(denominator) - 1))
                real_array(below, [-v for v in denominator[1:]])
            values = element(regressor, "RegressorValues")
            stored_values(values, x[:LENGTH] if supplied else x)
            if len(denominator) > 1:
                real_array(element(values, "TransferFunctionValues"), effect[past - 50:past])
            what = {"forecast": wanted} if not supplied else {
                "records": [{"h": h, "x": x[LENGTH:]} for h in range(1, HORIZON + 1)],
                "expected": [{"y": value} for value in wanted]}
            save(f"regressor-{name}-{method}", root, tolerance=1e-9, **what)
    future_methods(x)


def future_methods(x):
    """Constant and trend: the same fit with other future values; the regression's own coefficients."""
    y = np.round(5 + 0.7 * np.log(x[:LENGTH]) + rng.normal(0, 0.2, LENGTH), 4)
    fitted = SARIMAX(y, exog=np.log(x[:LENGTH]), order=(1, 0, 0), trend="n").fit(disp=False)
    beta, phi = float(fitted.params[0]), float(fitted.params[1])
    time = np.arange(LENGTH + 1, LENGTH + HORIZON + 1)
    for method, future in (("constant", np.full(HORIZON, x[LENGTH - 1])), ("trend", 12 + 0.25 * time + 0.001 * time**2)):
        root, found = series_model("ARIMA", y, {"predictionMethod": "exactLeastSquares"})
        components(found, (1, 0, 0), (0, 0, 0, 0), {"ar": [phi], "ma": []})
        regressor = element(found, "DynamicRegressor", field="x", transformation="logarithmic", futureValuesMethod=method)
        real_array(element(element(regressor, "Numerator"), "NonseasonalFactor", maximumOrder="0"), [beta])
        values = element(regressor, "RegressorValues")
        stored_values(values, x[:LENGTH])
        if method == "trend":
            sparse = element(element(values, "TrendCoefficients"), "REAL-SparseArray", n="3")
            element(sparse, "Indices", "1 2 3")
            element(sparse, "REAL-Entries", "12 0.25 0.001")
        save(f"regressor-{method}", root, forecast=fitted.forecast(HORIZON, exog=np.log(future)), tolerance=1e-9)


# State space

def nyoka_state_spaces():
    for name, order, seasonal, trend in (("ar", (2, 0, 0), (0, 0, 0, 0), "c"), ("seasonal", (1, 1, 1), (0, 1, 1, 12), "n"),
                                         ("drift", (1, 1, 0), (0, 0, 0, 0), "c")):
        fitted = SARIMAX(SALES, order=order, seasonal_order=seasonal, trend=trend).fit(disp=False)
        nyoka_forecasts(f"space-nyoka-sarimax-{name}", fitted, "sales")
    nyoka_forecasts("space-nyoka-arima", ARIMA(SALES, order=(2, 1, 1)).fit(), "sales")
    both = pd.DataFrame({"sales": SALES, "visits": np.round(SALES.values * 0.5 + rng.normal(0, 2, LENGTH), 3)})
    fitted = VARMAX(both, order=(1, 0), trend="c").fit(disp=False)
    StatsmodelsToPmml(fitted, path("space-nyoka-varmax"), conf_int=[80])
    forecast = fitted.get_forecast(HORIZON)
    # Its fields predicted_… name no targetField; the targets themselves are compared.
    answers("space-nyoka-varmax", records=[{"h": h} for h in range(1, HORIZON + 1)], tolerance=1e-9, expected=[
        {"sales": a, "visits": b} for a, b in forecast.predicted_mean.values])


def nyoka_forecasts(name, fitted, field):
    StatsmodelsToPmml(fitted, path(name), conf_int=[95])
    found = fitted.get_forecast(HORIZON)
    bounds = np.asarray(found.conf_int(alpha=0.05))
    answers(name, records=[{"h": h} for h in range(1, HORIZON + 1)], forecast=np.asarray(found.predicted_mean), tolerance=1e-7, expected=[
        {f"predicted_{field}": mean, f"conf_int_95_lower_{field}": low, f"conf_int_95_upper_{field}": high}
        for mean, (low, high) in zip(np.asarray(found.predicted_mean), bounds)])


def state_spaces():
    for name, settings in (("level", dict(level="local level")), ("trend", dict(level="local linear trend")),
                           ("seasonal", dict(level="local linear trend", seasonal=12)),
                           ("cycle", dict(level="random walk with drift", cycle=True, autoregressive=1))):
        fitted = UnobservedComponents(SALES.values, **settings).fit(disp=False)
        matrices = fitted.smoother_results
        root, found = series_model("StateSpaceModel", SALES, {})
        real_array(element(found, "StateVector"), fitted.filtered_state[:, -1])
        real_matrix(element(found, "TransitionMatrix"), matrices.transition[..., -1])
        real_matrix(element(found, "MeasurementMatrix"), matrices.design[..., -1])
        save(f"space-{name}", root, forecast=np.asarray(fitted.forecast(HORIZON)), tolerance=1e-9)
    regression_in_space()
    psi_vector()


def regression_in_space():
    x = np.round(rng.normal(5, 2, LENGTH + HORIZON), 3)
    y = SALES.values + 1.5 * x[:LENGTH]
    fitted = SARIMAX(y, exog=x[:LENGTH], order=(2, 0, 1)).fit(disp=False)
    matrices = fitted.smoother_results
    root, found = series_model("StateSpaceModel", y, {}, active=["h"])
    real_array(element(found, "StateVector"), fitted.filtered_state[:, -1])
    real_matrix(element(found, "TransitionMatrix"), matrices.transition[..., -1])
    real_matrix(element(found, "MeasurementMatrix"), matrices.design[..., -1])
    regressor = element(found, "DynamicRegressor", field="x", futureValuesMethod="stored")
    real_array(element(element(regressor, "Numerator"), "NonseasonalFactor", maximumOrder="0"), [fitted.params[0]])
    stored_values(element(regressor, "RegressorValues"), x)
    save("space-regressor", root, forecast=fitted.forecast(HORIZON, exog=x[LENGTH:]), tolerance=1e-9)


def psi_vector():
    order, seasonal = (2, 0, 1), (0, 0, 0, 0)
    fitted, _ = arma(SALES.values - np.mean(SALES.values), order, seasonal)
    matrices = fitted.smoother_results
    found_forecast = fitted.get_forecast(HORIZON)
    root, found = series_model("StateSpaceModel", SALES, {"intercept": float(np.mean(SALES))}, active=["h"])
    real_array(element(found, "StateVector"), fitted.filtered_state[:, -1])
    real_matrix(element(found, "TransitionMatrix"), matrices.transition[..., -1])
    real_matrix(element(found, "MeasurementMatrix"), matrices.design[..., -1])
    real_array(element(found, "PsiVector", variance=repr(float(fitted.params[-1]))), psi_weights(fitted, HORIZON))
    # The filter has settled: the variances are those of the psi weights.
    save("space-psi", root, records=[{"h": h} for h in range(1, HORIZON + 1)], tolerance=1e-6, expected=[
        {"y": mean + np.mean(SALES), "error": error}
        for mean, error in zip(found_forecast.predicted_mean, found_forecast.se_mean)])


# GARCH

def garchs():
    shocks = np.zeros(600)
    variance = np.ones(600)
    for t in range(1, 600):
        variance[t] = 0.2 + 0.15 * shocks[t - 1] ** 2 + 0.7 * variance[t - 1]
        shocks[t] = rng.normal() * np.sqrt(variance[t])
    returns = lfilter([1], [1, -0.3], shocks) + 0.5
    for name, settings in (("garch-1-1", dict(mean="AR", lags=1, p=1, q=1)), ("garch-2-1", dict(mean="AR", lags=2, p=2, q=1)),
                           ("garch-1-2", dict(mean="Constant", p=1, q=2)), ("garch-arch", dict(mean="Constant", p=2, q=0))):
        fitted = arch_model(returns, vol="GARCH", rescale=False, **settings).fit(disp="off")
        lags, p, q = settings.get("lags", 0), settings["p"], settings["q"]
        values = np.asarray(fitted.params)
        constant, ar = values[0], values[1:1 + lags]
        omega, alpha, beta = values[1 + lags], values[2 + lags:2 + lags + p], values[2 + lags + p:]
        root, found = series_model("GARCH", returns, {}, active=["h"])
        mean = element(found, "ARMAPart", constant=float(constant), p=str(lags), q="0")
        real_array(element(mean, "AR"), ar)
        element(element(mean, "MA"), "MACoefficients")
        part = element(found, "GARCHPart", constant=float(omega), gp=str(p), gq=str(q))
        squares = element(part, "ResidualSquareCoefficients")
        real_array(element(squares, "Residuals"), fitted.resid[-p:])
        real_array(element(squares, "MACoefficients"), alpha)
        past = element(part, "VarianceCoefficients")
        real_array(element(past, "PastVariances"), fitted.conditional_volatility[-max(q, 1):] ** 2)
        real_array(element(past, "MACoefficients"), beta)
        found_forecast = fitted.forecast(horizon=HORIZON)
        save(name, root, records=[{"h": h} for h in range(1, HORIZON + 1)], tolerance=1e-9, expected=[
            {"y": m, "error": np.sqrt(v)} for m, v in zip(found_forecast.mean.values[-1], found_forecast.residual_variance.values[-1])])


def write():
    smoothing()
    smoothing_errors()
    arimas()
    regressors()
    nyoka_state_spaces()
    state_spaces()
    garchs()
