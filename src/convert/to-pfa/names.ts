/** Identifiers for names of any spelling, each given out once: `sepal length (cm)` becomes `sepal_length_cm`. */
export class Names {
  readonly #taken = new Set<string>();

  constructor(reserved: readonly string[] = []) {
    for (const name of reserved) this.#taken.add(name);
  }

  take(wanted: string): string {
    const plain = wanted.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+|_+$/g, '');
    const base = /^[A-Za-z_]/.test(plain) ? plain : `x${plain}`;
    let name = base;
    for (let count = 2; this.#taken.has(name); count++) name = `${base}_${count}`;
    this.#taken.add(name);
    return name;
  }
}
