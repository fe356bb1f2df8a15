/** JSON has no NaN and no infinities: they travel by name, as in MLflow's REST API. */
export type WireNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export function toWireNumber(value: number): WireNumber {
  return Number.isFinite(value) ? value : (String(value) as WireNumber);
}

export function fromWireNumber(value: WireNumber): number {
  return Number(value);
}
