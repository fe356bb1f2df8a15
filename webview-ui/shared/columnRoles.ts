import type { ColumnRole } from '../../src/protocol/privacy.ts';

/** How the roles of columns are called. */
export const roles: Readonly<Record<ColumnRole, { readonly title: string; readonly sentence: string }>> = {
  direct: { title: 'Direct identifier', sentence: 'Names a person by itself.' },
  quasi: { title: 'Quasi-identifier', sentence: 'Can name a person together with other columns.' },
  sensitive: { title: 'Sensitive', sentence: 'What nobody should learn about a person.' },
  other: { title: 'Other', sentence: 'Says nothing about who somebody is.' },
};
