import type { ErrorShape } from '../../../base/errors.ts';
import type { Progress } from '../../../protocol/rpc.ts';
import type { SynthesisPreview } from '../../../protocol/synthesis.ts';
import type { Estimate } from '../synthesise/synthesiser.ts';
import type { ApplyJob, ApplyResult } from './apply.ts';
import type { EstimateJob } from './estimateSynthesis.ts';
import type { HierarchyJob, HierarchyText } from './hierarchyText.ts';
import type { Inspection, InspectJob } from './inspect.ts';
import type { PreviewJob, PreviewResult } from './preview.ts';
import type { RestoreJob, RestoreResult } from './restore.ts';
import type { SynthesiseJob, SynthesiseResult, SynthesisPreviewJob } from './synthesise.ts';

/** What runs in a thread of its own, so that the service answers others meanwhile. */
export interface Jobs {
  readonly inspect: { readonly input: InspectJob; readonly output: Inspection };
  readonly hierarchies: { readonly input: HierarchyJob; readonly output: readonly HierarchyText[] };
  readonly preview: { readonly input: PreviewJob; readonly output: PreviewResult };
  readonly apply: { readonly input: ApplyJob; readonly output: ApplyResult };
  readonly restore: { readonly input: RestoreJob; readonly output: RestoreResult };
  readonly synthesise: { readonly input: SynthesiseJob; readonly output: SynthesiseResult };
  readonly previewSynthesis: { readonly input: SynthesisPreviewJob; readonly output: SynthesisPreview };
  readonly estimateSynthesis: { readonly input: EstimateJob; readonly output: Estimate };
}

export type JobName = keyof Jobs;

/** Handed to the thread when it starts. Keys are in memory alone, there and here. */
export interface JobRequest<Name extends JobName = JobName> {
  readonly name: Name;
  readonly input: Jobs[Name]['input'];
  readonly scratch: string;
  readonly copyFolder: string;
  /** Not 0: cancelled. */
  readonly cancelled: SharedArrayBuffer;
}

export type JobReply =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'measure'; readonly step: number; readonly figures: Readonly<Record<string, number>> }
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'error'; readonly error: ErrorShape };
