import colors from 'picocolors';

// Colours only on a terminal: results go to standard output, everything else to standard error.

const errColors = colors.createColors(colors.isColorSupported && process.stderr.isTTY === true);
const outColors = colors.createColors(colors.isColorSupported && process.stdout.isTTY === true);

export const danger = (text: string) => errColors.red(errColors.bold(text));
export const note = (text: string) => errColors.dim(text);
export const good = (text: string) => outColors.green(text);
export const bad = (text: string) => outColors.red(text);
export const strong = (text: string) => outColors.bold(text);

/** Writes a result to standard output. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Writes a remark to standard error. */
export function remark(text: string): void {
  process.stderr.write(`${text}\n`);
}
