import { expect, test } from 'vitest';
import { ordinaryEnvironment } from '../../../../src/service/experiments/runEnvironment.ts';

test('a script inherits neither the keys of anonymisation nor what belongs to the editor or another run', () => {
  const own = {
    PATH: '/usr/bin',
    MLOPS_ANONYMISE_KEY_TEAM: 'a key',
    MLOPS_ANONYMISE_KEY_FILE: '/home/someone/keys',
    MLOPS_RUN_ID: '1',
    VSCODE_PID: '2',
    AWS_PROFILE: 'mine',
  };
  expect(ordinaryEnvironment(own)).toEqual({ PATH: '/usr/bin', AWS_PROFILE: 'mine' });
});
