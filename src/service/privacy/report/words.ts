import { formatShare, groupDigits, plural } from '../../../base/format.ts';
import type { PrivacyReport, ReportFigure } from '../../../protocol/privacyReport.ts';
import { figureText, intervalText } from '../../../protocol/reportWords.ts';
import type { MethodName } from '../methods/descriptions.ts';
import type { RecipeColumn } from '../recipe/columnSchema.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import { drawnColumns } from '../releases.ts';
import type { Release } from '../work/release.ts';

/** Plain words first: what was done, and what holds. */
export function summarise(
  { plan, guarantee }: Release,
  recipe: Recipe,
  { input, output, risk }: Pick<PrivacyReport, 'input' | 'output' | 'risk'>,
): string[] {
  const direct = named(recipe, 'directIdentifier');
  const kept = direct.filter((name) => mayStillName(recipe.columns[name]!));
  const sentences = [
    `${output.path} was made from ${input.path}: ${groupDigits(output.rows)} of ${plural(input.rows, 'row')}, ` +
      `${plural(plan.columns.length, 'column')} of ${plan.columns.length + plan.dropped.length}.`,
  ];
  if (direct.length > 0 && kept.length === 0) {
    sentences.push(`What names people by itself (${direct.join(', ')}) was replaced or left out.`);
  }
  const k = recipe.guarantee?.k;
  if (guarantee && k !== undefined) {
    sentences.push(
      `Each row is like at least ${plural(k - 1, 'other')} in ${guarantee.dimensions.join(', ')} (${k}-anonymity).`,
    );
  }
  const highest = risk.find(({ id }) => id === 'prosecutorHighest');
  const unlike = risk.find(({ id }) => id === 'sampleUniqueness');
  if (guarantee && highest && unlike && highest.after !== null) {
    const known = k === undefined ? guarantee.dimensions.join(', ') : 'all of these';
    sentences.push(
      `Whoever knows ${known} of a person in the table and guesses which row is theirs is right in at most ${shareOf(highest, 'after')} of all tries; ` +
        `before it was ${shareOf(highest, 'before')}. Rows that are unlike all others: ${shareOf(unlike, 'before')} before, ${shareOf(unlike, 'after')} after.`,
    );
  }
  if (guarantee) {
    sentences.push(...sensitiveSentences(recipe), ...(guarantee.search ? [guarantee.search.sentence] : []));
  }
  if (guarantee && guarantee.suppressedRows > 0) {
    sentences.push(
      `${plural(guarantee.suppressedRows, 'row')} (${formatShare(guarantee.suppressedRows, guarantee.rowCount)}) stood out too much and were left out.`,
    );
  }
  return sentences;
}

function sensitiveSentences({ guarantee }: Recipe): string[] {
  const { l = [], t = [] } = guarantee ?? {};
  return [
    ...l.map(({ kind, l: least, c, columns }) => {
      const factor = kind === 'recursive' ? `, c = ${c ?? 1}` : '';
      return `In each such group the sensitive values${ofColumns(columns)} are diverse (${kind} l-diversity, l = ${least}${factor}).`;
    }),
    ...t.map(
      ({ t: most, distance, columns }) =>
        `In each such group the sensitive values${ofColumns(columns)} are distributed nearly as in the whole table (t-closeness, t = ${most}, ${distance} distance).`,
    ),
  ];
}

function ofColumns(columns: readonly string[] | undefined): string {
  return columns ? ` of ${columns.join(', ')}` : '';
}

/** The questions of the European data protection authorities (WP216, 2014), each with the attacks that ask it. */
const questions: readonly (readonly [question: string, attack: RegExp])[] = [
  ['Can somebody still be singled out?', /^singling-out/],
  ['Can what is known of somebody in two places still be linked?', /^linkability/],
  ['Can something about somebody still be worked out?', /^inference/],
];

/** Answered by the attack that reached most, and no more surely than it was measured. */
export function threeQuestions(attacks: readonly ReportFigure[]): { question: string; answer: string }[] {
  return questions.map(([question, attack]) => {
    const tried = attacks.filter(({ id, after }) => attack.test(id) && after !== null);
    // One that proves something comes before one that does not.
    const order = (figure: ReportFigure) => figure.after! - (figure.weak ? 1 : 0);
    const worst = tried.sort((one, other) => order(other) - order(one))[0];
    return { question, answer: worst ? answerOf(worst) : unanswered(attacks) };
  });
}

/** Beyond so much an attack counts as one that reaches people. */
const noticeable = 0.1;

function answerOf(figure: ReportFigure): string {
  const range = intervalText(figure);
  const measured = `${figure.title}: ${shareOf(figure, 'before')} before, ${shareOf(figure, 'after')} after`;
  return `${verdict(figure)} ${measured}${range === undefined ? '' : ` (${range})`}.`;
}

function verdict({ after, interval, weak }: ReportFigure): string {
  const [low, high] = interval ?? [after!, after!];
  if (weak) {
    return 'Not by this attack, which did no better than guessing and so proves little.';
  }
  if (low > 0) {
    return low > noticeable ? 'Yes.' : 'To some degree.';
  }
  return high > noticeable ? 'Not shown, and with so few tries not ruled out.' : 'Hardly.';
}

function unanswered(attacks: readonly ReportFigure[]): string {
  return attacks.length === 0
    ? 'Not measured: there are too few rows or columns to attack.'
    : 'No attack was possible: no value and no combination of values stands alone, or no column is marked as sensitive.';
}

function shareOf({ kind, ...values }: ReportFigure, when: 'before' | 'after'): string {
  return figureText(kind, values[when]);
}

const undoable: readonly MethodName[] = ['pseudonym', 'formatPreserving', 'noise', 'dateShift', 'rankSwap'];

/** With the key the same draws can be made again and taken back. */
function isUndoable(options: RecipeColumn | undefined): boolean {
  return (
    options !== undefined &&
    (undoable.includes(options.method) ||
      (options.method === 'differentialPrivacy' && options.random === 'key') ||
      (options.method === 'redact' && options.coded))
  );
}

/** Some of its values stand in the output as they were, in this row or another. */
function mayStillName(options: RecipeColumn): boolean {
  return (
    ['keep', 'rankSwap', 'coding', 'redact'].includes(options.method) ||
    (options.method === 'suppress' && options.values !== undefined)
  );
}

/** What is not guaranteed, said clearly. */
export function notGuaranteed(
  { plan, guarantee }: Release,
  recipe: Recipe,
  attacks: readonly ReportFigure[],
  keptAlmostUnique: readonly string[],
): string[] {
  const keyed = plan.columns.map(({ name }) => name).filter((name) => isUndoable(recipe.columns[name]));
  const kept = named(recipe, 'directIdentifier').filter((name) => mayStillName(recipe.columns[name]!));
  const sentences: string[] = [];
  if (kept.length > 0) {
    sentences.push(
      `${kept.join(', ')} still name people, wholly or in part: this is personal data as before.`,
    );
  }
  if (keyed.length > 0) {
    sentences.push(
      `This is pseudonymised, not anonymous: whoever holds the key ${recipe.key?.id ?? ''} can undo or test ${keyed.join(', ')}. ` +
        'As long as the key exists, the GDPR applies to the output. Keep the key away from it, or destroy the key: ' +
        'what is equal is still equal then, so that alone does not make it anonymous.',
    );
  }
  const drawn = drawnColumns(recipe);
  if (drawn.length > 0) {
    sentences.push(
      `All outputs of the release ${recipe.release} share its noise (${drawn.join(', ')}): whoever has two that differ, because a scale was changed for instance, can work it out. Give away one of them alone.`,
    );
  }
  if (recipe.guarantee?.k === undefined) {
    sentences.push('No k-anonymity was asked for: combinations of columns may single people out.');
  } else if (!guarantee) {
    sentences.push(
      'k-anonymity was asked for, and there is no quasi-identifier whose groups could be counted: combinations of columns may single people out.',
    );
  } else {
    sentences.push(
      'k-anonymity counts rows: where one person has several, a group may be of fewer people than rows.',
      'k-anonymity hides who a row is about. It does not hide what is true of a whole group: where all of its rows have the same sensitive value, everybody in it has it.',
    );
  }
  if (guarantee && guarantee.perturbed.length > 0) {
    sentences.push(
      `Quasi-identifiers whose values were changed at random (${guarantee.perturbed.join(', ')}) do not count in the groups: a value that stands out may still be recognised.`,
    );
  }
  if (keptAlmostUnique.length > 0) {
    const columns = keptAlmostUnique.join(', ');
    sentences.push(
      `Nearly every row has a value of its own in ${columns}, which ${keptAlmostUnique.length === 1 ? 'was' : 'were'} kept: whoever knows it of somebody finds their row, whatever its group is.`,
    );
  }
  const risky = attacks.filter(({ interval, weak }) => !weak && (interval?.[0] ?? 0) > 0);
  if (risky.length > 0) {
    sentences.push(
      `These attacks succeed more often on people in the output than on people who are not in it: ${risky.map(({ title }) => title.toLowerCase()).join('; ')}.`,
    );
  }
  sentences.push(
    'The roles of the columns were proposed by a program and decided by people: what is marked as “other” was not protected.',
    'The figures are about this output alone. Other tables about the same people, published before or after it, may add to what can be learned.',
  );
  return sentences;
}

function named(recipe: Recipe, role: string): string[] {
  return Object.keys(recipe.columns).filter((name) => recipe.columns[name]!.role === role);
}
