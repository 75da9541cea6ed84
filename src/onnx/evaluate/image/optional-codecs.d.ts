/** The parts of optional packages that samescore calls; they need not be installed. */
declare module '@cornerstonejs/codec-openjpeg/decode' {
  interface Decoder {
    getEncodedBuffer(size: number): Uint8Array;
    getDecodedBuffer(): Uint8Array;
    getFrameInfo(): {
      width: number;
      height: number;
      bitsPerSample: number;
      componentCount: number;
      isSigned: boolean;
    };
    decode(): void;
    delete(): void;
  }
  const factory: (options: object) => Promise<{ J2KDecoder: new () => Decoder }>;
  export default factory;
}

declare module '@jsquash/webp/codec/dec/webp_dec.js' {
  interface Codec {
    decode(bytes: Uint8Array): { width: number; height: number; data: Uint8ClampedArray } | null;
  }
  const factory: (options: object) => Promise<Codec>;
  export default factory;
}
