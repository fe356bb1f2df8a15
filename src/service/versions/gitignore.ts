/** The line that keeps an output out of git, in the `.gitignore` beside it: as DVC writes it, and right where DVC is not. */
export function gitignoreEntry(name: string): string {
  const escaped = name.replace(/[\\#!*?[\]]/g, '\\$&');
  // git drops unescaped spaces at the end of a line; DVC forgets that.
  return `/${escaped.replace(/ $/, '\\ ')}`;
}

export function hasEntry(text: string, entry: string): boolean {
  return text.split(/\r?\n/).includes(entry);
}

/** Appended at the end; what is there keeps its bytes, line ends included. */
export function withEntry(text: string, entry: string): string {
  if (hasEntry(text, entry)) {
    return text;
  }
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${entry}\n`;
}
