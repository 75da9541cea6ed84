const SIZE = 624;
const SHIFT = 397;

/** Random numbers of a seed: uniform in [0, 1) with 53 bits, and normal. */
export interface RandomState {
  uniform(): number;
  normal(): number;
}

/**
 * The Mersenne Twister MT19937 (Matsumoto and Nishimura, 1998), seeded and read as NumPy's RandomState does it, so that a
 * seed gives what ONNX's tests and its reference evaluator have.
 */
export function randomState(seed: number): RandomState {
  const state = new Uint32Array(SIZE);
  state[0] = seed;
  for (let i = 1; i < SIZE; i++) {
    const last = state[i - 1]!;
    state[i] = Math.imul(1812433253, last ^ (last >>> 30)) + i;
  }
  let at = SIZE;
  const refill = (): void => {
    for (let i = 0; i < SIZE; i++) {
      const joined = (state[i]! & 0x80000000) | (state[(i + 1) % SIZE]! & 0x7fffffff);
      state[i] = state[(i + SHIFT) % SIZE]! ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
    }
    at = 0;
  };
  const next = (): number => {
    if (at === SIZE) refill();
    let y = state[at++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
  const uniform = (): number => {
    const high = next() >>> 5;
    return (high * 67108864 + (next() >>> 6)) / 9007199254740992;
  };
  let kept: number | undefined;
  /** Marsaglia's polar method, which makes two at once. */
  const normal = (): number => {
    if (kept !== undefined) {
      const value = kept;
      kept = undefined;
      return value;
    }
    for (;;) {
      const [x, y] = [2 * uniform() - 1, 2 * uniform() - 1];
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      kept = factor * x;
      return factor * y;
    }
  };
  return { uniform, normal };
}

/** The state of a seed, or of chance where there is none. */
export function stateOf(seed: number | undefined): RandomState {
  return randomState(seed === undefined || Number.isNaN(seed) ? Math.floor(Math.random() * 2 ** 32) : Math.trunc(seed));
}
