import type { Random } from './function.js';

/** A generator with this seed (xoshiro128**, its state filled by splitmix); without one, a seed of the moment. */
export function seededRandom(seed: number | bigint = Math.floor(Math.random() * 2 ** 32)): Random {
  const state = expand(BigInt.asUintN(64, BigInt(typeof seed === 'number' ? Math.trunc(seed) : seed)));
  const bits = (): number => {
    const [a, b, c, d] = state as [number, number, number, number];
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    const mixed = d ^ b;
    const third = c ^ a;
    state[1] = b ^ third;
    state[0] = a ^ mixed;
    state[2] = third ^ (b << 9);
    state[3] = rotated(mixed, 11);
    return result;
  };
  return { bits, next: () => ((bits() >>> 5) * 67108864 + (bits() >>> 6)) / 9007199254740992 };
}

function rotated(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** Four words that are not all zero, whatever the seed. */
function expand(seed: bigint): number[] {
  const words: number[] = [];
  let state = seed;
  for (let index = 0; index < 2; index++) {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let mixed = state;
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
    mixed ^= mixed >> 31n;
    words.push(Number(mixed & 0xffffffffn) | 0, Number(mixed >> 32n) | 0);
  }
  return words;
}
