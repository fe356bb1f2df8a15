/** Applied once, in a transaction, in the order of numbers; never changed after a release. */
export interface Migration {
  readonly number: number;
  readonly sql: string;
}
