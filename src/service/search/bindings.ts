/** The values of one statement: SQL gets their names only. */
export class Bindings {
  readonly values: Record<string, string | number> = {};
  #count = 0;

  /** The parameter's name as SQL writes it. */
  add(value: string | number): string {
    const name = `search${this.#count}`;
    this.#count += 1;
    this.values[name] = value;
    return `@${name}`;
  }
}
