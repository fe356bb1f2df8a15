import * as vscode from 'vscode';
import type { Progress, RequestType } from '../protocol/rpc.ts';
import type { ServiceClient } from './service/serviceClient.ts';

/** Work that is over sooner shows no progress: VS Code would leave the notification up beside the outcome. */
const shownAfterMilliseconds = 400;

/** A notification with Cancel; the number moves when the service reports a fraction. */
export async function withProgress<Parameters, Result>(
  client: Pick<ServiceClient, 'send'>,
  title: string,
  type: RequestType<Parameters, Result>,
  parameters: Parameters,
): Promise<Result> {
  const abort = new AbortController();
  let latest: Progress | undefined;
  let show = (progress: Progress) => {
    latest = progress;
  };
  const result = client.send(type, parameters, {
    signal: abort.signal,
    onProgress: (progress) => show(progress),
  });
  if (await isOverWithin(shownAfterMilliseconds, result)) {
    return result;
  }
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const subscription = token.onCancellationRequested(() => abort.abort());
      let reached = 0;
      show = ({ message, fraction }) => {
        const percent = Math.round((fraction ?? 0) * 100);
        progress.report({ message, increment: Math.max(0, percent - reached) });
        reached = Math.max(reached, percent);
      };
      if (latest) {
        show(latest);
      }
      try {
        return await result;
      } finally {
        subscription.dispose();
      }
    },
  );
}

async function isOverWithin(milliseconds: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  const over = work.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([over, waited]);
  } finally {
    clearTimeout(timer);
  }
}
