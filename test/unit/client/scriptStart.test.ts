import { expect, test } from 'vitest';
import { startLines } from '../../../src/client/scriptStart.ts';

test.each([
  [
    'a training script: its first line and its guard',
    'python',
    'import mlflow\n\nif __name__ == "__main__":\n',
    [0, 2],
  ],
  ['a guard alone', 'python', "x = 1\nif __name__ == '__main__':\n    main()\n", [1]],
  ['a script that uses a tracking library at its top level', 'python', 'import torch\n', [0]],
  ['a file of helpers stays quiet', 'python', 'def add(a, b):\n    return a + b\n', []],
  ['a guard in a comment is none', 'python', '# if __name__ == "__main__":\n', []],
  ['JavaScript that logs', 'javascript', "import mlflow from 'mlops-workbench';\n", [0]],
  ['TypeScript that trains', 'typescript', "import * as tf from '@tensorflow/tfjs-node';\n", [0]],
  ['JavaScript knows no guard', 'javascript', "if __name__ == '__main__':\n", []],
])('%s', (_, language, text, lines) => {
  expect(startLines(language, text)).toEqual(lines);
});
