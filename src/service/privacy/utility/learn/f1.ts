/**
 * The F1 score of predicted classes: with two classes that of class 1, with more the mean over the classes that
 * occur (macro F1). A class that is neither there nor predicted counts for nothing.
 */
export function f1Score(actual: Int32Array, predicted: Int32Array, classCount: number): number {
  const hits = new Float64Array(classCount);
  const there = new Float64Array(classCount);
  const named = new Float64Array(classCount);
  actual.forEach((each, row) => {
    there[each]! += 1;
    named[predicted[row]!]! += 1;
    hits[each]! += Number(each === predicted[row]);
  });
  const asked = classCount === 2 ? [1] : [...there.keys()].filter((each) => there[each]! > 0);
  const sum = asked.reduce((total, each) => {
    const all = there[each]! + named[each]!;
    return total + (all === 0 ? 0 : (2 * hits[each]!) / all);
  }, 0);
  return asked.length === 0 ? 0 : sum / asked.length;
}
