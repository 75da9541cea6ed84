/** How each step is rounded: to float32, or not at all. */
type Round = (value: number) => number;

/** Real and imaginary parts. */
export type Complex = readonly [real: Float64Array, imaginary: Float64Array];

/** Factors above this are left to the caller: their part of the work grows with their square. */
const GREATEST_FACTOR = 61;

/** 8s, 4s, at most one 2 (which then comes first), and odd factors from small to great. */
function factorsOf(count: number): number[] {
  const factors: number[] = [];
  let left = count;
  for (const factor of [8, 4])
    while (left % factor === 0) {
      factors.push(factor);
      left /= factor;
    }
  if (left % 2 === 0) {
    factors.push(2);
    left /= 2;
    const last = factors.length - 1;
    [factors[0], factors[last]] = [factors[last]!, factors[0]!];
  }
  for (let divisor = 3; divisor * divisor <= left; divisor += 2)
    while (left % divisor === 0) {
      factors.push(divisor);
      left /= divisor;
    }
  if (left > 1) factors.push(left);
  return factors;
}

const HALF_ROOT = Math.SQRT1_2;
/** Cosines and sines of one and two fifths of a turn. */
const [COS_1, COS_2, SIN_1, SIN_2] = [0.30901699437494745, -0.8090169943749475, 0.9510565162951535, 0.5877852522924731];

/** cos and sin of a part n / count of a turn, from an angle of at most an eighth. */
function turned(n: number, count: number): [cosine: number, sine: number] {
  const eighths = Math.floor((8 * n) / count);
  const part = eighths % 2 === 0 ? 8 * n - eighths * count : (eighths + 1) * count - 8 * n;
  const angle = (Math.PI * part) / (4 * count);
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const table: readonly [number, number][] = [
    [c, s],
    [s, c],
    [-s, c],
    [-c, s],
    [-c, -s],
    [-s, -c],
    [s, -c],
    [c, -s],
  ];
  return table[eighths]!;
}

/** One small transform in place: `x` holds the parts of a pass in turn, sign is -1 forward. */
class Butterflies {
  private readonly re = new Float64Array(GREATEST_FACTOR);
  private readonly im = new Float64Array(GREATEST_FACTOR);

  constructor(
    private readonly round: Round,
    private readonly sign: 1 | -1,
  ) {}

  get x(): Complex {
    return [this.re, this.im];
  }

  /** a and b become a + b and a - b. */
  private pair(a: number, b: number): void {
    const { re, im, round } = this;
    const [r, i] = [re[a]!, im[a]!];
    re[a] = round(r + re[b]!);
    im[a] = round(i + im[b]!);
    re[b] = round(r - re[b]!);
    im[b] = round(i - im[b]!);
  }

  private swap(a: number, b: number): void {
    const { re, im } = this;
    [re[a], re[b]] = [re[b]!, re[a]!];
    [im[a], im[b]] = [im[b]!, im[a]!];
  }

  /** A quarter turn. */
  private quarter(a: number): void {
    const { re, im, sign } = this;
    [re[a], im[a]] = [-sign * im[a]!, sign * re[a]!];
  }

  private eighth(a: number): void {
    const { re, im, round, sign } = this;
    const [r, i, h] = [re[a]!, im[a]!, round(HALF_ROOT)];
    re[a] = round(h * round(r - sign * i));
    im[a] = round(h * round(i + sign * r));
  }

  private threeEighths(a: number): void {
    const { re, im, round, sign } = this;
    const [r, i, h] = [re[a]!, im[a]!, round(HALF_ROOT)];
    re[a] = round(h * round(-r - sign * i));
    im[a] = round(h * round(sign * r - i));
  }

  private three(): void {
    const { re, im, round, sign } = this;
    const w = round(sign * Math.sqrt(0.75));
    this.pair(1, 2);
    const [r, i, tr, ti] = [re[0]!, im[0]!, re[1]!, im[1]!];
    const [ur, ui] = [re[2]!, im[2]!];
    re[0] = round(r + tr);
    im[0] = round(i + ti);
    re[1] = round(r + round(tr * -0.5));
    im[1] = round(i + round(ti * -0.5));
    re[2] = -round(ui * w);
    im[2] = round(ur * w);
    this.pair(1, 2);
  }

  private four(): void {
    this.pair(0, 2);
    this.pair(1, 3);
    this.quarter(3);
    // 0: t2, 1: t3, 2: t1, 3: t4.
    this.pair(0, 1);
    this.pair(2, 3);
    this.swap(1, 2);
  }

  private five(): void {
    const { re, im, round, sign } = this;
    const [ar, br, ai, bi] = [round(COS_1), round(COS_2), round(sign * SIN_1), round(sign * SIN_2)];
    this.pair(1, 4);
    this.pair(2, 3);
    const [r, i] = [re[0]!, im[0]!];
    const [r1, i1, r2, i2, r3, i3, r4, i4] = [re[1]!, im[1]!, re[2]!, im[2]!, re[3]!, im[3]!, re[4]!, im[4]!];
    const part = (base: number, p: number, x: number, q: number, y: number): number =>
      round(round(base + round(p * x)) + round(q * y));
    const cross = (p: number, x: number, q: number, y: number): number => round(round(p * x) + round(q * y));
    re[0] = round(round(r + r1) + r2);
    im[0] = round(round(i + i1) + i2);
    re[1] = part(r, ar, r1, br, r2);
    im[1] = part(i, ar, i1, br, i2);
    re[4] = -cross(ai, i4, bi, i3);
    im[4] = cross(ai, r4, bi, r3);
    re[2] = part(r, br, r1, ar, r2);
    im[2] = part(i, br, i1, ar, i2);
    re[3] = -cross(bi, i4, -ai, i3);
    im[3] = cross(bi, r4, -ai, r3);
    this.pair(1, 4);
    this.pair(2, 3);
  }

  private eight(): void {
    this.pair(1, 5);
    this.pair(3, 7);
    this.pair(1, 3);
    this.quarter(3);
    this.quarter(7);
    this.pair(5, 7);
    this.eighth(5);
    this.threeEighths(7);
    this.pair(0, 4);
    this.pair(2, 6);
    this.pair(0, 2);
    this.quarter(6);
    this.pair(4, 6);
    this.pair(0, 1);
    this.pair(2, 3);
    this.pair(4, 5);
    this.pair(6, 7);
    // Results 0, 4, 2, 6, 1, 5, 3, 7 lie in the places 0 to 7.
    const { re, im } = this;
    const [r, i] = [re.slice(0, 8), im.slice(0, 8)];
    [0, 4, 2, 6, 1, 5, 3, 7].forEach((to, from) => {
      re[to] = r[from]!;
      im[to] = i[from]!;
    });
  }

  /** By the definition, each result rounded once. */
  private any(count: number): void {
    const { re, im, round, sign } = this;
    const [r, i] = [re.slice(0, count), im.slice(0, count)];
    for (let k = 0; k < count; k++) {
      let [sumR, sumI] = [0, 0];
      for (let n = 0; n < count; n++) {
        const turn = (2 * Math.PI * ((k * n) % count)) / count;
        const [c, s] = [Math.cos(turn), sign * Math.sin(turn)];
        sumR += r[n]! * c - i[n]! * s;
        sumI += r[n]! * s + i[n]! * c;
      }
      re[k] = round(sumR);
      im[k] = round(sumI);
    }
  }

  run(count: number): void {
    if (count === 2) this.pair(0, 1);
    else if (count === 3) this.three();
    else if (count === 4) this.four();
    else if (count === 5) this.five();
    else if (count === 8) this.eight();
    else this.any(count);
  }
}

/**
 * The discrete Fourier transform, not divided by the count, in the order of steps that NumPy's has: passes over the factors
 * of the count (Cooley and Tukey; Stockham's arrangement), the small transforms of Winograd's kind, each step rounded.
 * Undefined where a factor of the count is too great.
 */
export function transformed(signal: Complex, sign: 1 | -1, round: Round): Complex | undefined {
  const count = signal[0].length;
  const factors = factorsOf(count);
  if (factors.some((factor) => factor > GREATEST_FACTOR)) return undefined;
  const butterflies = new Butterflies(round, sign);
  const [xr, xi] = butterflies.x;
  const turns = Array.from({ length: count }, (_, n) => turned(n, count));
  const cosine = Float64Array.from(turns, ([c]) => round(c));
  const sine = Float64Array.from(turns, ([, s]) => round(sign * s));
  let from: Complex = signal;
  let done = 1;
  for (const factor of factors) {
    const inner = count / (done * factor);
    const to: Complex = [new Float64Array(count), new Float64Array(count)];
    for (let k = 0; k < done; k++)
      for (let i = 0; i < inner; i++) {
        for (let j = 0; j < factor; j++) {
          const at = i + inner * (j + factor * k);
          xr[j] = from[0][at]!;
          xi[j] = from[1][at]!;
        }
        butterflies.run(factor);
        for (let j = 0; j < factor; j++) {
          const at = i + inner * (k + done * j);
          const turn = j * done * i;
          const [r, m] = [xr[j]!, xi[j]!];
          if (turn === 0) {
            to[0][at] = r;
            to[1][at] = m;
            continue;
          }
          const [c, s] = [cosine[turn]!, sine[turn]!];
          to[0][at] = round(round(r * c) - round(m * s));
          to[1][at] = round(round(m * c) + round(r * s));
        }
      }
    from = to;
    done *= factor;
  }
  return from;
}
