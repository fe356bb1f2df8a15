import type { ColumnRole } from '../../protocol/privacy.ts';
import type { Role } from './recipe/columnSchema.ts';

/** Recipes write roles in whole words. */
export const protocolRoles: Readonly<Record<Role, ColumnRole>> = {
  directIdentifier: 'direct',
  quasiIdentifier: 'quasi',
  sensitive: 'sensitive',
  other: 'other',
};

export const recipeRoles: Readonly<Record<ColumnRole, Role>> = {
  direct: 'directIdentifier',
  quasi: 'quasiIdentifier',
  sensitive: 'sensitive',
  other: 'other',
};
