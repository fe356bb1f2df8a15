/** What was written wrongly; the error's `range` says where in that text. */
export const searchErrorCodes = {
  filter: 'search.invalidFilter',
  order: 'search.invalidOrder',
} as const;
