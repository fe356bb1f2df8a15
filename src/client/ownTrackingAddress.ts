/** The variable that MLflow's clients read. */
export const trackingVariable = 'MLFLOW_TRACKING_URI';

/** Beside an address of ours, so that a window that was opened from one of our terminals knows it as ours. */
export const markVariable = 'MLOPS_TRACKING_URI';

/** An address that the user's environment has, and not one of ours that it was handed down. */
export function hasOwnAddress(environment: Readonly<NodeJS.ProcessEnv>): boolean {
  const address = environment[trackingVariable];
  return address !== undefined && address !== '' && address !== environment[markVariable];
}

/** Whether a `.env` file sets the address; what it says is none of our business. */
export function setsAddress(text: string): boolean {
  return new RegExp(`^[ \\t]*(?:export[ \\t]+)?${trackingVariable}[ \\t]*=[ \\t]*\\S`, 'm').test(text);
}
