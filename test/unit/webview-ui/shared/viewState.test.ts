import { expect, it } from 'vitest';
import type { PanelState } from '../../../../src/protocol/panels.ts';
import { ViewState } from '../../../../webview-ui/shared/viewState.ts';

function memory(state?: PanelState) {
  const host = {
    state,
    getState: () => host.state,
    setState: (next: PanelState) => {
      host.state = next;
    },
  };
  return host;
}

it('keeps what was set, for the next page to find', () => {
  const host = memory();
  const first = new ViewState(host, 'run');
  first.setSubject({ panel: 'run', runs: ['a'] });
  first.set('tab', 'Log');
  expect(host.state).toEqual({ schema: 1, panel: 'run', runs: ['a'], view: { tab: 'Log' } });
  expect(new ViewState(host, 'run').get('tab', 'Charts')).toBe('Log');
});

it('does not take a value of another type or the state of another panel', () => {
  const host = memory({ schema: 1, panel: 'run', runs: ['a'], view: { logarithmic: 'yes' } });
  expect(new ViewState(host, 'run').get('logarithmic', false)).toBe(false);
  expect(new ViewState(host, 'compare').get('logarithmic', 'no')).toBe('no');
});
