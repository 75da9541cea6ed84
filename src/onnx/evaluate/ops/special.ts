/**
 * The error function in double precision: its Taylor series near zero, the continued fraction of its complement
 * (Abramowitz and Stegun 7.1.6 and 7.1.14) further out.
 */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const size = Math.abs(x);
  if (size > 6) return x < 0 ? -1 : 1;
  if (size < 2.5) {
    let term = size;
    let sum = size;
    for (let n = 1; n < 100; n++) {
      term *= (2 * size * size) / (2 * n + 1);
      sum += term;
      if (term < sum * 1e-17) break;
    }
    const value = (2 / Math.sqrt(Math.PI)) * Math.exp(-size * size) * sum;
    return x < 0 ? -value : value === 0 ? x : value;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (size + fraction);
  const complement = Math.exp(-size * size) / Math.sqrt(Math.PI) / (size + fraction);
  return x < 0 ? complement - 1 : 1 - complement;
}
