import type { FormatName } from '../../src/formats.js';

/** A conversion of a fixture that is declined, and why. A fixture that moves must not stand here: the test fails then. */
export interface LedgerEntry {
  readonly fixture: RegExp;
  readonly to: readonly FormatName[];
  readonly reason: string;
}

export const LEDGER: readonly LedgerEntry[] = [];
