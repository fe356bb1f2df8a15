import { formatSize } from '../base/format.ts';
import type { DatasetSummary, VersionResult } from './versions.ts';

/** What was done, in the words that the editor and the terminal both use. */

export function versionedSentence(result: VersionResult): string {
  const size = formatSize({ bytes: result.bytes, files: result.files === 1 ? undefined : result.files });
  return result.unchanged
    ? `${result.path} is unchanged since v${result.version}. Nothing was written.`
    : `${result.path} is now v${result.version} (${size}), commit ${result.commit.slice(0, 7)}.`;
}

/** `dataset` as it is after the checkout. */
export function checkedOutSentence({ path, currentVersion }: DatasetSummary): string {
  return `${path} is ${currentVersion === undefined ? 'as its pointer says' : `v${currentVersion}`} again.`;
}
