import type { LibraryFunction, LibraryModule } from './function.js';

/** Every module's table. */
export const MODULES: readonly LibraryModule[] = [];

/** All functions of the library by name. */
export const LIBRARY: ReadonlyMap<string, LibraryFunction> = new Map(MODULES.flat().map((row) => [row.name, row]));
