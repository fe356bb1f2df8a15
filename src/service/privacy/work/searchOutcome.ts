import { groupDigits } from '../../../base/format.ts';
import type { GeneralisationSearch } from '../../../protocol/privacy.ts';
import type { SearchResult } from '../guarantee/search.ts';

/** Seconds that somebody who waits for a preview waits for the search. */
export const previewSearchSeconds = 2;
/** Seconds that a whole application may search where the recipe says nothing. */
export const applySearchSeconds = 600;

/** What a search has come to, and the sentence that every place says of it. */
export function searchOutcome(
  { optimal, checks, nodes }: Pick<SearchResult, 'optimal' | 'checks' | 'nodes'>,
  seconds: number,
): GeneralisationSearch {
  const all = groupDigits(nodes);
  return {
    optimal,
    seconds,
    tried: checks,
    generalisations: nodes,
    sentence: optimal
      ? `Of ${all} generalisations this is the one that changes least.`
      : `This is the best generalisation found in ${secondsWords(seconds)}, not proven to be the best: ` +
        `${groupDigits(checks)} of ${all} were tried.`,
  };
}

/** For a preview: what is not proven yet may be found when the recipe is applied. */
export function withMoreTime(search: GeneralisationSearch, applySeconds: number): GeneralisationSearch {
  return search.optimal
    ? search
    : {
        ...search,
        sentence: `${search.sentence} Applying the recipe searches for up to ${secondsWords(applySeconds)}.`,
      };
}

function secondsWords(seconds: number): string {
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} s`;
}
