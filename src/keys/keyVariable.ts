/** The environment variable that names a file of keys. */
export const keyFileVariable = 'MLOPS_ANONYMISE_KEY_FILE';

/**
 * The environment variable in which the command line looks for a key: `my-key` is in `MLOPS_ANONYMISE_KEY_MY_KEY`.
 * Undefined for the one whose variable would be that of the file of keys.
 */
export function keyVariable(keyId: string): string | undefined {
  const variable = `MLOPS_ANONYMISE_KEY_${keyId.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
  return variable === keyFileVariable ? undefined : variable;
}

/**
 * Whether a key may stand in its variable without its name: `my.key`, `my_key` and `My-Key` share the variable of `my-key`,
 * and one taken for another would make pseudonyms that nobody meant.
 */
export function hasOwnVariable(keyId: string): boolean {
  return keyVariable(keyId) !== undefined && /^[a-z0-9-]+$/.test(keyId);
}

/** What to set, for the end of a sentence. */
export function whereTerminalsLook(keyId: string): string {
  const variable = keyVariable(keyId);
  if (variable === undefined) {
    return `set ${keyFileVariable} for the command line`;
  }
  const named = hasOwnVariable(keyId) ? variable : `${variable} (to \`${keyId} = KEY\`)`;
  return `set ${named} or ${keyFileVariable} for the command line`;
}
