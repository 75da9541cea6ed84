/** A number format narrower than float32: `mantissa` bits after the point, no sign bit where `unsigned`. */
export interface Minifloat {
  readonly exponent: number;
  readonly mantissa: number;
  readonly bias: number;
  /** What the largest codes mean: IEEE infinities and NaNs, NaN alone, negative zero as NaN, or just numbers. */
  readonly special: 'ieee' | 'fn' | 'fnuz' | 'none';
  readonly largest: number;
}

const minifloat = (
  exponent: number,
  mantissa: number,
  bias: number,
  special: Minifloat['special'],
  largest: number,
): Minifloat => ({ exponent, mantissa, bias, special, largest });

interface ElementRow {
  /** TensorProto.DataType. */
  readonly code: number;
  /** Bits of one element in `raw_data`. */
  readonly bits: number;
  readonly class: 'float' | 'integer' | 'unsigned' | 'complex' | 'bool' | 'string';
  readonly minifloat?: Minifloat;
}

/** The element types by the names that operator schemas use: `tensor(float8e5m2)`. */
export const ELEMENT_TYPES = {
  float: { code: 1, bits: 32, class: 'float' },
  uint8: { code: 2, bits: 8, class: 'unsigned' },
  int8: { code: 3, bits: 8, class: 'integer' },
  uint16: { code: 4, bits: 16, class: 'unsigned' },
  int16: { code: 5, bits: 16, class: 'integer' },
  int32: { code: 6, bits: 32, class: 'integer' },
  int64: { code: 7, bits: 64, class: 'integer' },
  string: { code: 8, bits: 0, class: 'string' },
  bool: { code: 9, bits: 8, class: 'bool' },
  float16: { code: 10, bits: 16, class: 'float', minifloat: minifloat(5, 10, 15, 'ieee', 65504) },
  double: { code: 11, bits: 64, class: 'float' },
  uint32: { code: 12, bits: 32, class: 'unsigned' },
  uint64: { code: 13, bits: 64, class: 'unsigned' },
  complex64: { code: 14, bits: 64, class: 'complex' },
  complex128: { code: 15, bits: 128, class: 'complex' },
  bfloat16: { code: 16, bits: 16, class: 'float', minifloat: minifloat(8, 7, 127, 'ieee', 255 * 2 ** 120) },
  float8e4m3fn: { code: 17, bits: 8, class: 'float', minifloat: minifloat(4, 3, 7, 'fn', 448) },
  float8e4m3fnuz: { code: 18, bits: 8, class: 'float', minifloat: minifloat(4, 3, 8, 'fnuz', 240) },
  float8e5m2: { code: 19, bits: 8, class: 'float', minifloat: minifloat(5, 2, 15, 'ieee', 57344) },
  float8e5m2fnuz: { code: 20, bits: 8, class: 'float', minifloat: minifloat(5, 2, 16, 'fnuz', 57344) },
  uint4: { code: 21, bits: 4, class: 'unsigned' },
  int4: { code: 22, bits: 4, class: 'integer' },
  float4e2m1: { code: 23, bits: 4, class: 'float', minifloat: minifloat(2, 1, 1, 'none', 6) },
  float8e8m0: { code: 24, bits: 8, class: 'float', minifloat: minifloat(8, 0, 127, 'none', 2 ** 127) },
  uint2: { code: 25, bits: 2, class: 'unsigned' },
  int2: { code: 26, bits: 2, class: 'integer' },
  float6e2m3: { code: 27, bits: 6, class: 'float', minifloat: minifloat(2, 3, 1, 'none', 7.5) },
  float6e3m2: { code: 28, bits: 6, class: 'float', minifloat: minifloat(3, 2, 3, 'none', 28) },
} as const satisfies Record<string, ElementRow>;

export type ElementType = keyof typeof ELEMENT_TYPES;

export function elementRow(type: ElementType): ElementRow {
  return ELEMENT_TYPES[type];
}

const BY_CODE = new Map<number, ElementType>(
  (Object.keys(ELEMENT_TYPES) as ElementType[]).map((type) => [ELEMENT_TYPES[type].code, type]),
);

/** The element type of a TensorProto.DataType; undefined for codes that ONNX does not define. */
export function elementTypeOf(code: number | undefined): ElementType | undefined {
  return code === undefined ? undefined : BY_CODE.get(code);
}
