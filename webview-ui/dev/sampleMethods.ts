import type { MethodOffer } from '../../src/protocol/privacy.ts';

export const keep: MethodOffer = {
  id: 'keep',
  title: 'Keep',
  sentence: 'Leaves the values as they are.',
  limit: 'Protects nobody.',
  reversible: 'unchanged',
  needsKey: false,
  options: [],
};

export const drop: MethodOffer = {
  id: 'drop',
  title: 'Drop the column',
  sentence: 'Leaves the column out of the output.',
  limit: 'What else is in the table may still tell what stood in it.',
  reversible: 'no',
  needsKey: false,
  options: [],
};

export const pseudonym: MethodOffer = {
  id: 'pseudonym',
  title: 'Keyed pseudonym',
  sentence:
    'Replaces each value by a code that only the holder of the key can compute, the same code wherever the value occurs.',
  limit:
    'Pseudonymised, not anonymous: equal values stay equal, so how often each occurs can still be seen, and the holder of the key can test who is meant.',
  reversible: 'candidates',
  needsKey: true,
  options: [
    {
      name: 'length',
      title: 'Characters of the code',
      kind: 'integer',
      standard: 16,
      minimum: 8,
      maximum: 48,
      hint: '16 make a clash among a thousand million values unlikely',
    },
    { name: 'prefix', title: 'Written before the code', kind: 'text', standard: '', hint: 'Such as cust_' },
    { name: 'foldCase', title: 'Capital and small letters are the same', kind: 'switch', standard: false },
  ],
};

export const mask: MethodOffer = {
  id: 'mask',
  title: 'Mask',
  sentence: 'Replaces all but a few characters by stars.',
  limit: 'What stays readable may be enough to tell people apart.',
  reversible: 'no',
  needsKey: false,
  options: [
    { name: 'shown', title: 'Characters shown', kind: 'integer', standard: 2, minimum: 0, maximum: 8 },
    {
      name: 'side',
      title: 'Shown at',
      kind: 'choice',
      standard: 'left',
      choices: [
        { value: 'left', title: 'the beginning' },
        { value: 'right', title: 'the end' },
      ],
    },
  ],
};

export const generalise: MethodOffer = {
  id: 'generalise',
  title: 'Generalise',
  sentence: 'Replaces each value by a wider one: a year for a day, a region for a postcode.',
  limit: 'Small groups stay small unless a guarantee asks for more.',
  reversible: 'no',
  needsKey: false,
  options: [
    {
      name: 'to',
      title: 'To',
      kind: 'choice',
      standard: null,
      choices: [
        { value: 'year', title: 'Year' },
        { value: 'decade', title: 'Decade' },
      ],
      hint: 'The unit of dates',
    },
    { name: 'level', title: 'Level', kind: 'integer', standard: null, minimum: 0, maximum: 4 },
  ],
};

export const noise: MethodOffer = {
  id: 'noise',
  title: 'Keyed noise',
  sentence: 'Adds noise to each number that the key alone can make again, and so take away.',
  limit: 'Far-off values stay recognisable, and it is no differential privacy.',
  reversible: 'keyHolder',
  needsKey: true,
  options: [
    { name: 'scale', title: 'How much', kind: 'number', standard: 2, minimum: 0 },
    {
      name: 'distribution',
      title: 'Distribution',
      kind: 'choice',
      standard: 'laplace',
      choices: [
        { value: 'laplace', title: 'Laplace' },
        { value: 'gaussian', title: 'Gaussian' },
      ],
    },
  ],
};

export const suppress: MethodOffer = {
  ...drop,
  id: 'suppress',
  title: 'Empty the values',
  sentence: 'Leaves nothing but empty cells.',
};
