const longest = 24;

/** Up to three values, far apart in the sample, of which only the first character and the form can be seen. */
export function maskedSamples(values: readonly string[]): string[] {
  const places = [0, Math.floor(values.length / 2), values.length - 1];
  return [...new Set(places)].filter((place) => place in values).map((place) => maskValue(values[place]!));
}

/** `anna@web.de` becomes `a•••@•••.••`: signs stay, letters and digits go, and long texts are cut. */
export function maskValue(value: string): string {
  const characters = [...value];
  const shown = characters.slice(0, longest);
  const masked = shown.map((character, place) =>
    /[\p{L}\p{N}\p{M}]/u.test(character) && (place > 0 || characters.length <= 2) ? '•' : character,
  );
  return masked.join('') + (characters.length > longest ? '…' : '');
}
