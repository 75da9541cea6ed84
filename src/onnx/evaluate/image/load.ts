import { badDecoder, type ImageDecoder, type ImageFormat, registerImageDecoder } from './codecs.js';
import { corrupt, type Picture } from './picture.js';

const silent = { print: () => {}, printErr: () => {} };

/** OpenJPEG as WebAssembly. */
async function jpeg2000(): Promise<ImageDecoder> {
  const { default: factory } = await import('@cornerstonejs/codec-openjpeg/decode');
  const { J2KDecoder } = await factory(silent);
  return (bytes) => {
    const decoder = new J2KDecoder();
    try {
      decoder.getEncodedBuffer(bytes.length).set(bytes);
      decoder.decode();
      const { width, height, bitsPerSample, componentCount } = decoder.getFrameInfo();
      const from = decoder.getDecodedBuffer();
      const channels = componentCount as Picture['channels'];
      const wide = bitsPerSample > 8;
      if (![1, 2, 3, 4].includes(channels) || from.length < width * height * channels * (wide ? 2 : 1))
        return corrupt('the samples');
      const data = new Uint8Array(width * height * channels);
      for (let i = 0; i < data.length; i++)
        data[i] = wide ? (from[2 * i]! | (from[2 * i + 1]! << 8)) >> (bitsPerSample - 8) : from[i]!;
      return { width, height, channels, data };
    } finally {
      decoder.delete();
    }
  };
}

/** The little of WebAssembly that is called; the library's types know neither browser nor Node.js. */
interface Machine {
  compile(bytes: Uint8Array): Promise<object>;
  Instance: new (module: object, imports: object) => { readonly exports: object };
}

const machine = (globalThis as unknown as { WebAssembly: Machine }).WebAssembly;

/** What is asked of Node.js, where it is there: the core runs in browsers too. */
interface Builtins {
  getBuiltinModule(name: 'node:fs/promises'): { readFile(path: string): Promise<Uint8Array> };
  getBuiltinModule(name: 'node:module'): { createRequire(from: string): { resolve(name: string): string } };
}

/** In Node.js the module cannot fetch its own file; in a browser it can. */
async function compiled(name: string): Promise<object | undefined> {
  const node = (globalThis as { process?: Partial<Builtins> }).process;
  if (node?.getBuiltinModule === undefined) return undefined;
  const builtins = node as Builtins;
  const path = builtins
    .getBuiltinModule('node:module')
    .createRequire(import.meta.url)
    .resolve(name);
  return machine.compile(await builtins.getBuiltinModule('node:fs/promises').readFile(path));
}

/** libwebp as WebAssembly. */
async function webp(): Promise<ImageDecoder> {
  const { default: factory } = await import('@jsquash/webp/codec/dec/webp_dec.js');
  const module = await compiled('@jsquash/webp/codec/dec/webp_dec.wasm');
  const instantiateWasm = (imports: object, done: (instance: object) => void) => {
    const instance = new machine.Instance(module!, imports);
    done(instance);
    return instance.exports;
  };
  const codec = await factory({ noInitialRun: true, ...silent, ...(module === undefined ? {} : { instantiateWasm }) });
  return (bytes) => {
    const result = codec.decode(bytes) ?? corrupt('the stream');
    const { width, height, data } = result;
    return { width, height, channels: 4, data: Uint8Array.from(data) };
  };
}

const LOADERS = { jpeg2000, webp } satisfies Partial<Record<ImageFormat, () => Promise<ImageDecoder>>>;

/**
 * Loads the decoders that ImageDecoder has no code of its own for; `run` can then use them. Errors: `onnx/unsupported` with
 * the package that is to be installed.
 */
export async function loadImageDecoders(
  formats: readonly (keyof typeof LOADERS)[] = ['jpeg2000', 'webp'],
): Promise<void> {
  for (const format of formats) {
    let decoder: ImageDecoder;
    try {
      decoder = await LOADERS[format]();
    } catch (error) {
      throw badDecoder(format, error);
    }
    registerImageDecoder(format, decoder);
  }
}
