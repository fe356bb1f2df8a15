import type { RunDetails, RunId } from '../../src/protocol/experiments.ts';
import { announce } from './announce.ts';
import { PanelPage } from './panelPage.ts';
import { isLive } from './runState.ts';

/** What the pages about runs do alike. */
export abstract class RunsPage extends PanelPage {
  #seen: readonly RunDetails[] = [];

  /** Empty until the client has answered. */
  protected get ids(): readonly RunId[] {
    return this.subject && 'runs' in this.subject ? this.subject.runs : [];
  }

  protected isAbout(runs: readonly RunId[]): boolean {
    return this.ids.some((id) => runs.includes(id));
  }

  /** Says aloud which runs have ended since the last time. */
  protected announceEnds(runs: readonly RunDetails[]): void {
    for (const { id, name, state } of runs) {
      const before = this.#seen.find((candidate) => candidate.id === id);
      if (before && before.state !== state && !isLive(state)) {
        announce(`Run ${name} ${state === 'killed' ? 'was stopped' : state}.`);
      }
    }
    this.#seen = runs;
  }
}
