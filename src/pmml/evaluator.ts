import { checkRecord, wrongArgument } from '../core/arguments.js';
import { SamescoreError } from '../core/errors.js';
import type { Limits } from '../core/limits.js';
import type { Element } from '../wire/xml/document.js';
import type { PmmlDocument } from './document.js';
import { evaluationError, noForecast, noModel } from './errors.js';
import { booleanAttribute } from './evaluate/attributes.js';
import { createEnvironment, type Environment } from './evaluate/environment.js';
import { compileEvaluator, type Evaluation, type Evaluator } from './evaluate/evaluation.js';
import type { Frame } from './evaluate/model.js';
import { FORECASTERS, MODELS } from './evaluate/models.js';
import { refuseUnknown } from './evaluate/recognise.js';
import { namedResults, plainValue } from './evaluate/results.js';
import { Series } from './evaluate/series.js';
import { type Verification, verifyModel } from './evaluate/verification.js';

/** A record: field name → value. Text is parsed by the field's type; null or absent is missing; arrays are collections. */
export type PmmlRecord = Readonly<Record<string, unknown>>;
export type PmmlResult = Record<string, unknown>;

/**
 * Evaluates the first scorable model of a document. Construction compiles everything and throws `pmml/*` errors for
 * a document that cannot be scored.
 */
export class PmmlEvaluator {
  readonly model: Evaluator;
  readonly environment: Environment;
  private readonly series: Series;

  constructor(
    readonly document: PmmlDocument,
    options: { limits?: Partial<Limits> } = {},
  ) {
    if (typeof document?.root?.children !== 'function')
      throw wrongArgument('the document of an evaluator', 'what readPmml gave', document);
    const element = scorableModel(document);
    refuseUnknown(document.root, element);
    this.environment = createEnvironment(document, options.limits);
    this.model = guarded(() => compileEvaluator(this.environment, element));
    this.series = new Series(this.environment.remembered, this.environment.limits.steps);
  }

  /**
   * Targets and output fields by name, and the `$…` results. Throws where PMML makes the record fail. The order of
   * calls is the order of the series that Lag looks back at.
   */
  evaluate(record: PmmlRecord): PmmlResult {
    return namedResults(this.model, this.score(record));
  }

  /** How the prediction for a record came about, as JSON: tree nodes, terms, rules, neighbours. */
  explain(record: PmmlRecord): unknown {
    const { result } = this.score(record);
    return {
      model: this.model.scope.element.name,
      prediction: plainValue(result.value),
      ...(result.explain === undefined ? {} : (result.explain() as object)),
    };
  }

  /** Scores the records of the embedded ModelVerification; `ok` is false where there is none. */
  verify(): Verification {
    return verifyModel(this.document, this.model, () => new PmmlEvaluator(this.document));
  }

  /** The next n values of a time series, from the state that the document stores. */
  forecast(n: number): number[] {
    const { element } = this.model.scope;
    const forecaster = Object.hasOwn(FORECASTERS, element.name) ? FORECASTERS[element.name] : undefined;
    if (forecaster === undefined) throw noForecast();
    if (!Number.isInteger(n) || n < 0 || n > 1_000_000) throw evaluationError('a forecast has 0 to 1,000,000 values');
    return guarded(() => forecaster(element)(n));
  }

  /** The full evaluation of one record, for the scorer and the verification. */
  score(record: PmmlRecord): Evaluation {
    checkRecord(record, 'the record');
    const session = this.series.next();
    let frame: Frame | undefined;
    try {
      return guarded(() => {
        const evaluation = this.model.evaluate(record, undefined, session);
        ({ frame } = evaluation);
        return evaluation;
      });
    } finally {
      this.series.keep(frame);
    }
  }
}

function scorableModel(document: PmmlDocument): Element {
  const models = document.root.children().filter((child) => Object.hasOwn(MODELS, child.name));
  const scorable = models.find((model) => booleanAttribute(model, 'isScorable', true));
  if (scorable === undefined) throw noModel(document.root);
  return scorable;
}

/** Nesting that exhausts the stack becomes an error of ours. */
function guarded<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof SamescoreError || !(error instanceof RangeError)) throw error;
    throw new SamescoreError('pmml/too-deep', 'invalid', 'the definitions are nested too deeply to be evaluated', {
      cause: error,
    });
  }
}
