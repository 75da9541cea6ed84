import { expect, test } from 'vitest';
import { liftPmml } from '../../../src/convert/from-pmml/index.js';
import { lowerToPmml } from '../../../src/convert/to-pmml/index.js';
import type { InputField } from '../../../src/core/scorer.js';
import { IrBuilder } from '../../../src/ir/builder.js';
import { PmmlEvaluator } from '../../../src/pmml/index.js';

const field = (name: string): InputField => ({ name, type: 'float32', shape: [], optional: true });

test('a label that follows the scores is not taken from probabilities that round to the same', () => {
  const builder = new IrBuilder();
  const scores = builder.pack(['a', 'b', 'c'].map((name) => builder.input(field(name))));
  const shares = builder.vectorFunction('normalize', builder.apply('logistic', scores));
  const categories = ['x', 'y', 'z'];
  const label = builder.lookup(builder.reduce('argmax', scores), 'string', [0, 1, 2], categories);
  const document = lowerToPmml(
    builder.finish({
      outputs: [
        { name: 'label', role: 'label', ref: label },
        { name: 'probabilities', role: 'probability', ref: shares, categories },
      ],
      task: 'classification',
      metadata: {},
    }),
  );
  const third = Math.fround(1 / 3);
  const saturated = { a: 200, b: 300, c: 200 };
  const evaluator = new PmmlEvaluator(document);
  expect(evaluator.evaluate(saturated)).toMatchObject({ label: 'y', 'probability(x)': third, 'probability(y)': third });
  expect(evaluator.evaluate({ a: 0, b: -1, c: 0.5 })).toMatchObject({ label: 'z' });
  // What computes the probabilities is found again, and the label is not taken from them.
  const again = new PmmlEvaluator(lowerToPmml(liftPmml(document)));
  expect(again.evaluate(saturated)).toMatchObject({ label: 'y', 'probability(z)': third });
});
