import { expect, test } from 'vitest';
import { editorEnvironment } from '../../../src/client/editorEnvironment.ts';

test("a script gets the window's environment without what the editor set for itself", () => {
  expect(
    editorEnvironment({
      PATH: '/bin',
      CUDA_VISIBLE_DEVICES: '',
      UNSET: undefined,
      ELECTRON_RUN_AS_NODE: '1',
      VSCODE_PID: '7',
      NODE_OPTIONS: '--require bootloader.js',
      NODE_ENV: 'production',
    }),
  ).toEqual({ PATH: '/bin', CUDA_VISIBLE_DEVICES: '', NODE_ENV: 'production' });
});
