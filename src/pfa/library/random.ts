import type { Random } from './function.js';

/** A generator with this seed; without one, a seed of the moment. The library's owner may replace the algorithm. */
export function seededRandom(seed: number | bigint = Math.floor(Math.random() * 2 ** 32)): Random {
  let state = Number(BigInt.asUintN(32, BigInt(seed)));
  const bits = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return { bits, next: () => ((bits() >>> 5) * 67108864 + (bits() >>> 6)) / 9007199254740992 };
}
