/**
 * The shortest decimal text that every reader parses back to the same float32, whether it goes through a double or not.
 * Infinities and NaN as XML Schema spells them.
 */
export function float32Text(value: number): string {
  const x = Math.fround(value);
  if (!Number.isFinite(x)) return Number.isNaN(x) ? 'NaN' : x > 0 ? 'INF' : '-INF';
  if (Object.is(x, -0)) return '-0';
  const whole = String(x);
  if (whole.length <= 7) return whole;
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(x.toPrecision(digits));
    // A double just beside the midpoint of two float32 numbers would round differently in one step than in two.
    const slack = Math.abs(short) * 2 ** -52;
    if (Math.fround(short - slack) === x && Math.fround(short + slack) === x) return String(short);
  }
  return whole;
}
