import * as vscode from 'vscode';
import type { RequestType } from '../../protocol/rpc.ts';
import type { ServiceClient } from '../service/serviceClient.ts';

/** A notification with Cancel; the number moves when the service reports a fraction. */
export async function withProgress<Parameters, Result>(
  client: ServiceClient,
  title: string,
  type: RequestType<Parameters, Result>,
  parameters: Parameters,
): Promise<Result> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const abort = new AbortController();
      const subscription = token.onCancellationRequested(() => abort.abort());
      let reached = 0;
      try {
        return await client.send(type, parameters, {
          signal: abort.signal,
          onProgress: ({ message, fraction }) => {
            const percent = Math.round((fraction ?? 0) * 100);
            progress.report({ message, increment: Math.max(0, percent - reached) });
            reached = Math.max(reached, percent);
          },
        });
      } finally {
        subscription.dispose();
      }
    },
  );
}
