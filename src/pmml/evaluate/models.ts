import type { Forecaster, ModelCompiler } from './model.js';
import { compileAnomalyDetectionModel } from './models/anomaly-detection-model.js';
import { compileAssociationModel } from './models/association-model.js';
import { compileBaselineModel } from './models/baseline-model.js';
import { compileBayesianNetworkModel } from './models/bayesian-network-model.js';
import { compileClusteringModel } from './models/clustering-model.js';
import { compileGaussianProcessModel } from './models/gaussian-process-model.js';
import { compileGeneralRegressionModel } from './models/general-regression-model.js';
import { compileMiningModel } from './models/mining-model.js';
import { compileNaiveBayesModel } from './models/naive-bayes-model.js';
import { compileNearestNeighborModel } from './models/nearest-neighbor-model.js';
import { compileNeuralNetwork } from './models/neural-network.js';
import { compileRegressionModel } from './models/regression-model.js';
import { compileRuleSetModel } from './models/rule-set-model.js';
import { compileScorecard } from './models/scorecard.js';
import { compileSequenceModel } from './models/sequence-model.js';
import { compileSupportVectorMachineModel } from './models/support-vector-machine-model.js';
import { compileTextModel } from './models/text-model.js';
import { compileTimeSeriesModel, forecastTimeSeries } from './models/time-series-model.js';
import { compileTreeModel } from './models/tree-model.js';

/** Every model element, and what compiles it. */
export const MODELS: Readonly<Record<string, ModelCompiler>> = {
  AnomalyDetectionModel: compileAnomalyDetectionModel,
  AssociationModel: compileAssociationModel,
  BaselineModel: compileBaselineModel,
  BayesianNetworkModel: compileBayesianNetworkModel,
  ClusteringModel: compileClusteringModel,
  GaussianProcessModel: compileGaussianProcessModel,
  GeneralRegressionModel: compileGeneralRegressionModel,
  MiningModel: compileMiningModel,
  NaiveBayesModel: compileNaiveBayesModel,
  NearestNeighborModel: compileNearestNeighborModel,
  NeuralNetwork: compileNeuralNetwork,
  RegressionModel: compileRegressionModel,
  RuleSetModel: compileRuleSetModel,
  Scorecard: compileScorecard,
  SequenceModel: compileSequenceModel,
  SupportVectorMachineModel: compileSupportVectorMachineModel,
  TextModel: compileTextModel,
  TimeSeriesModel: compileTimeSeriesModel,
  TreeModel: compileTreeModel,
};

/** The models that can forecast. */
export const FORECASTERS: Readonly<Record<string, Forecaster>> = {
  TimeSeriesModel: forecastTimeSeries,
};
