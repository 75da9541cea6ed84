import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORMAT_NAMES, FORMATS, type FormatName } from '../../src/formats.js';
import { interpret } from '../../src/ir/interpret.js';
import type { Literal } from '../../src/ir/types.js';
import { convert, Model, readModel } from '../../src/model.js';
import { compare } from '../../src/parity/compare.js';
import { parseTolerance } from '../../src/parity/tolerance.js';
import { tableOfRecords } from '../../src/wire/rows/table-of-records.js';
import { FEATURES, forestProgram, rows, shapes } from '../ir/random-programs.js';

const RUNS = 60;

/** A random forest as a document of a format, after a trip through its bytes. */
function modelIn(format: FormatName, trees: Parameters<typeof forestProgram>[0]): Model {
  const model = new Model(format, FORMATS[format].lower(forestProgram(trees, 1), {}));
  return readModel(model.bytes(), { format });
}

function tableFor(values: readonly (readonly Literal[])[]) {
  return tableOfRecords(
    values.map((row) => Object.fromEntries(Array.from({ length: FEATURES }, (_, i) => [`x${i}`, row[i]]))),
  );
}

const forest = fc.array(shapes(1), { minLength: 1, maxLength: 3 });

describe.each(FORMAT_NAMES)('random forests written as %s', (from) => {
  test('score as the program says, missing values and boundaries included', () => {
    let compared = 0;
    fc.assert(
      fc.property(forest, rows, (trees, values) => {
        const program = forestProgram(trees, 1);
        const scores = modelIn(from, trees).score(tableFor(values));
        const [column] = [...scores.table.columns.values()];
        values.forEach((row, index) => {
          const [[wanted]] = interpret(
            program,
            row.map((value) => [value]),
          ) as [[number]];
          expect((column!.values as Float64Array)[index]).toBeCloseTo(wanted, 12);
          compared++;
        });
      }),
      { numRuns: RUNS },
    );
    expect(compared).toBeGreaterThan(RUNS);
  });

  test.each(FORMAT_NAMES.filter((to) => to !== from))('and move to %s bit for bit', (to) => {
    fc.assert(
      fc.property(forest, rows, (trees, values) => {
        const original = modelIn(from, trees);
        const moved = readModel(convert(original, to).bytes(), { format: to });
        const parity = compare(original.scorer, moved.scorer, tableFor(values), { tolerance: parseTolerance('exact') });
        expect(parity.same, JSON.stringify(parity.worst)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});
