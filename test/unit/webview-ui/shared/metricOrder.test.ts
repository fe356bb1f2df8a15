import { expect, it } from 'vitest';
import { orderMetrics } from '../../../../webview-ui/shared/metricOrder.ts';

it('orders by name, numbers by their size, system metrics last, each once', () => {
  expect(
    orderMetrics(['system/cpu', 'layer_10/norm', 'layer_2/norm', 'val/loss', 'accuracy', 'accuracy']),
  ).toEqual(['accuracy', 'layer_2/norm', 'layer_10/norm', 'val/loss', 'system/cpu']);
});
