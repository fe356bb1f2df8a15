import type { LinkTable } from './linkTable.ts';
import type { MetricTable } from './metricTable.ts';
import { byOwner } from './owned.ts';
import type { RunTable } from './runTable.ts';
import type { RunContents } from './store.ts';

/** What runs logged, read for a whole page at once: one statement for each kind of thing. */
export class Contents {
  readonly #runs: RunTable;
  readonly #metrics: MetricTable;
  readonly #links: LinkTable;

  constructor(runs: RunTable, metrics: MetricTable, links: LinkTable) {
    this.#runs = runs;
    this.#metrics = metrics;
    this.#links = links;
  }

  /** In the order of the numbers. */
  of(runs: readonly number[]): RunContents[] {
    const numbers = JSON.stringify(runs);
    const metrics = byOwner(this.#metrics.latestOf(numbers));
    const parameters = byOwner(this.#runs.parametersOf(numbers));
    const tags = byOwner(this.#runs.tagsOf(numbers));
    const datasets = byOwner(this.#links.datasetsOf(numbers));
    const models = byOwner(this.#links.modelsOf(numbers));
    return runs.map((run) => {
      const links = models(run);
      return {
        metrics: metrics(run),
        parameters: parameters(run),
        tags: tags(run),
        inputs: {
          datasets: datasets(run),
          models: links.filter(({ direction }) => direction === 'input').map(({ modelId }) => modelId),
        },
        outputs: links
          .filter(({ direction }) => direction === 'output')
          .map(({ modelId, step }) => ({ modelId, step })),
      };
    });
  }
}
