/** Samples of a component: `width` × `height` of them count, rows are `stride` apart. */
export interface Plane {
  readonly data: Uint8Array;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** Twice as wide: "the centers of the output pixels are 1/4 and 3/4 of the way between input pixel centers". */
function doubledRow(
  at: (x: number) => number,
  width: number,
  put: (x: number, value: number) => void,
  low: number,
  high: number,
  shift: number,
): void {
  // Ends weigh as if the sample beyond them were their own.
  for (let x = 0; x < width; x++) {
    const own = at(x);
    put(2 * x, (3 * own + at(Math.max(0, x - 1)) + low) >> shift);
    put(2 * x + 1, (3 * own + at(Math.min(width - 1, x + 1)) + high) >> shift);
  }
}

/** A plane at the size of the picture: interpolated by factors of 2, else repeated. */
export function upsampled(plane: Plane, across: number, down: number, width: number, height: number): Plane {
  if (across === 1 && down === 1) return plane;
  const smooth = plane.width > 2;
  const stride = plane.width * across;
  const data = new Uint8Array(stride * height);
  const rowOf = (y: number): number => Math.min(plane.height - 1, Math.max(0, y)) * plane.stride;
  for (let y = 0; y < height; y++) {
    const put = (x: number, value: number): void => {
      data[y * stride + x] = value;
    };
    if (across === 2 && down === 1 && smooth) doubledRow((x) => plane.data[rowOf(y) + x]!, plane.width, put, 1, 2, 2);
    else if (down === 2 && (across === 1 || (across === 2 && smooth))) {
      const [near, far] = [rowOf(y >> 1), rowOf((y >> 1) + (y % 2 === 0 ? -1 : 1))];
      const sum = (x: number): number => 3 * plane.data[near + x]! + plane.data[far + x]!;
      if (across === 1) for (let x = 0; x < plane.width; x++) put(x, (sum(x) + (y % 2 === 0 ? 1 : 2)) >> 2);
      else doubledRow(sum, plane.width, put, 8, 7, 4);
    } else for (let x = 0; x < stride; x++) put(x, plane.data[rowOf(Math.floor(y / down)) + Math.floor(x / across)]!);
  }
  return { data, stride, width, height };
}
