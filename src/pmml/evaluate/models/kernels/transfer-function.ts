/** A regressor's part in a series: numerator(B) / denominator(B) · Bᵈᵉˡᵃʸ x(t), polynomials by rising powers of B. */
export interface TransferFunction {
  readonly numerator: readonly number[];
  /** Its first coefficient is not zero. */
  readonly denominator: readonly number[];
  readonly delay: number;
  /** Known outputs that end at the last observed time. */
  readonly outputs: readonly number[];
}

/**
 * The outputs at the times 1 − past … horizon, time 0 being the last observed one; undefined where an input of the past
 * is not known. `input` is asked for future times only where the numerator reaches them.
 */
export function transferOutputs(
  { numerator, denominator, delay, outputs }: TransferFunction,
  input: (time: number) => number | undefined,
  past: number,
  horizon: number,
): (number | undefined)[] {
  const result: (number | undefined)[] = [];
  for (let time = 1 - past; time <= horizon; time++) {
    const stored = time <= 0 ? outputs[outputs.length - 1 + time] : undefined;
    result.push(stored ?? next(time, result));
  }
  function next(time: number, before: readonly (number | undefined)[]): number | undefined {
    let sum = 0;
    for (let lag = 0; lag < numerator.length; lag++) {
      if (numerator[lag] === 0) continue;
      const value = input(time - delay - lag);
      if (value === undefined) return undefined;
      sum += numerator[lag]! * value;
    }
    for (let lag = 1; lag < denominator.length; lag++) {
      const back = time - lag;
      const output = before[before.length - lag] ?? (back <= 0 ? outputs[outputs.length - 1 + back] : undefined);
      // What is not known of the outputs before the first one counts as zero.
      sum -= denominator[lag]! * (output ?? 0);
    }
    return sum / denominator[0]!;
  }
  return result;
}
