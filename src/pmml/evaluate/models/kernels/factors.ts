/** A table over variables, each with its number of values; the last variable runs fastest. */
export interface Factor {
  readonly variables: readonly number[];
  readonly sizes: readonly number[];
  readonly table: Float64Array;
}

/** The largest table that an elimination may need. */
export const MOST_CELLS = 20_000_000;

/** How far apart the values of a variable lie in the table. */
function strides({ sizes }: Factor): number[] {
  const result = new Array<number>(sizes.length).fill(1);
  for (let i = sizes.length - 2; i >= 0; i--) result[i] = result[i + 1]! * sizes[i + 1]!;
  return result;
}

/** Keeps the cells in which a variable has the value at `position`; the variable is gone. */
export function restrict(factor: Factor, variable: number, position: number): Factor {
  const axis = factor.variables.indexOf(variable);
  if (axis < 0) return factor;
  const inner = strides(factor)[axis]!;
  const size = factor.sizes[axis]!;
  const table = new Float64Array(factor.table.length / size);
  for (let i = 0; i < table.length; i++) {
    table[i] = factor.table[Math.floor(i / inner) * inner * size + position * inner + (i % inner)]!;
  }
  return { variables: without(factor.variables, axis), sizes: without(factor.sizes, axis), table };
}

function sumOut(factor: Factor, variable: number): Factor {
  const axis = factor.variables.indexOf(variable);
  const inner = strides(factor)[axis]!;
  const size = factor.sizes[axis]!;
  const table = new Float64Array(factor.table.length / size);
  for (let i = 0; i < table.length; i++) {
    const start = Math.floor(i / inner) * inner * size + (i % inner);
    for (let k = 0; k < size; k++) table[i]! += factor.table[start + k * inner]!;
  }
  return { variables: without(factor.variables, axis), sizes: without(factor.sizes, axis), table };
}

function without<T>(list: readonly T[], index: number): T[] {
  return list.filter((_, i) => i !== index);
}

/** The product of all factors, over the variables of all. */
function multiply(factors: readonly Factor[]): Factor | undefined {
  const sizes = new Map<number, number>();
  for (const factor of factors) {
    for (const [i, variable] of factor.variables.entries()) sizes.set(variable, factor.sizes[i]!);
  }
  const variables = [...sizes.keys()];
  const lengths = [...sizes.values()];
  const cells = lengths.reduce((product, size) => product * size, 1);
  if (cells > MOST_CELLS) return undefined;
  const table = new Float64Array(cells).fill(1);
  const position = new Array<number>(variables.length).fill(0);
  for (const factor of factors) {
    const own = strides(factor);
    const steps = variables.map((variable) => own[factor.variables.indexOf(variable)] ?? 0);
    position.fill(0);
    let at = 0;
    for (let cell = 0; cell < cells; cell++) {
      table[cell]! *= factor.table[at]!;
      // The next cell, as an odometer does.
      for (let axis = variables.length - 1; axis >= 0; axis--) {
        at += steps[axis]!;
        if (++position[axis]! < lengths[axis]!) break;
        at -= steps[axis]! * lengths[axis]!;
        position[axis] = 0;
      }
    }
  }
  return { variables, sizes: lengths, table };
}

/**
 * The joint weights of one variable, all others summed out, always the one next whose table is smallest. Undefined where
 * a table would be too large.
 */
export function eliminate(factors: readonly Factor[], keep: number): Float64Array | undefined {
  let open = [...factors];
  const rest = new Set(factors.flatMap(({ variables }) => variables));
  rest.delete(keep);
  while (rest.size > 0) {
    let best: { readonly variable: number; readonly cells: number } | undefined;
    for (const variable of rest) {
      const cells = cellsWith(open, variable);
      if (best === undefined || cells < best.cells) best = { variable, cells };
    }
    const { variable } = best!;
    const touched = open.filter(({ variables }) => variables.includes(variable));
    const product = multiply(touched);
    if (product === undefined) return undefined;
    open = [...open.filter(({ variables }) => !variables.includes(variable)), sumOut(product, variable)];
    rest.delete(variable);
  }
  return multiply(open)?.table;
}

function cellsWith(factors: readonly Factor[], variable: number): number {
  const sizes = new Map<number, number>();
  for (const factor of factors) {
    if (!factor.variables.includes(variable)) continue;
    for (const [i, other] of factor.variables.entries()) sizes.set(other, factor.sizes[i]!);
  }
  return [...sizes.values()].reduce((product, size) => product * size, 1);
}
