import { declined } from './declined.js';

/** Definitions and expressions are followed from the outside in: what is nested too deeply exhausts the stack. */
export function shallowEnough<T>(sentence: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw declined('depth', sentence, {}, { cause: error });
  }
}
