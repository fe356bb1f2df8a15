/** A pattern for the whole text, as Playwright's `hasText` with a string would also take parts of it. */
export function exactly(text: string): RegExp {
  return new RegExp(`^\\s*${escapePattern(text)}\\s*$`);
}

/** A pattern for a label to which VS Code may have added a key binding: `Explorer (Ctrl+Shift+E)`. */
export function withKeyBinding(title: string): RegExp {
  return new RegExp(`^${escapePattern(title)}( \\(.+\\))?$`);
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
