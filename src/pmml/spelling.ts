/**
 * The one of the known names that another was probably meant to be: the same but for case, or at most one letter in
 * five away. Undefined where none or several are as near.
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let least = Math.floor(name.length / 5) + 1;
  let tie = false;
  for (const candidate of known) {
    if (candidate === name || Math.abs(candidate.length - name.length) >= least + 1) continue;
    const steps = editDistance(wanted, candidate.toLowerCase(), least);
    if (steps < least) {
      best = candidate;
      least = steps;
      tie = false;
      if (least === 0) return best;
    } else if (steps === least && best !== undefined) tie = true;
  }
  return tie ? undefined : best;
}

/** Insertions, deletions, replacements and swaps of neighbours; anything above `most` is `most` + 1. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let steps = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) steps = Math.min(steps, before[j - 2]! + 1);
      row.push(steps);
    }
    if (Math.min(...row) > most) return most + 1;
    before = above;
    above = row;
  }
  return above[b.length]!;
}
