const pythonMain = /^if\s+__name__\s*==\s*(['"])__main__\1\s*:/m;
const tracks =
  /\b(mlflow|mlops_workbench|mlops-workbench|sklearn|torch|tensorflow|keras|xgboost|lightgbm|@tensorflow\/tfjs[\w-]*)\b/;

/**
 * The first line of scripts that use a tracking or training library, and Python's `__main__` guard.
 * Other files stay quiet, and the editor title still runs them.
 */
export function startLines(language: string, text: string): readonly number[] {
  const guard = language === 'python' ? pythonMain.exec(text) : null;
  const lines = tracks.test(text) ? [0] : [];
  return guard ? [...lines, text.slice(0, guard.index).split('\n').length - 1] : lines;
}
