import type { PanelId } from '../../src/protocol/panels.ts';
import { FakeHost } from './fakeHost.ts';
import './fakeWindow.ts';
import { openScenario } from './scenarios.ts';
import { applyTheme } from './themes.ts';

const query = new URLSearchParams(location.search);
applyTheme(query.get('theme') ?? 'dark');
const panel = /dev-(\w+)/.exec(location.pathname)![1] as PanelId;
const fake = new FakeHost(panel);
const usual: Readonly<Record<PanelId, string>> = {
  run: 'live',
  compare: 'six',
  profile: 'adult',
  anonymise: 'people',
  synthesise: 'synthetic',
  report: 'applied',
};
openScenario(fake, query.get('scenario') ?? usual[panel]);
window.fake = fake;
window.acquireVsCodeApi = () => fake;
if (query.get('still') === null) {
  fake.play();
}
