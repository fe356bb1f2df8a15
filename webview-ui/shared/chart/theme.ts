import { Emitter } from '../../../src/base/event.ts';

const changed = new Emitter<void>();
let watching = false;

/** Fires when the user chose another colour theme: a canvas has to be drawn again, css follows by itself. */
export function onThemeChange(listener: () => void): { dispose(): void } {
  if (!watching) {
    watching = true;
    const observer = new MutationObserver(() => changed.fire());
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
    observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  }
  return changed.event(listener);
}

/** The value of a theme variable, or of the first of the others that the theme has. */
export function themeColour(variable: string, ...others: readonly string[]): string {
  const style = getComputedStyle(document.documentElement);
  for (const name of [variable, ...others]) {
    const value = style.getPropertyValue(name).trim();
    if (value !== '') {
      return value;
    }
  }
  // A canvas has no current colour: it would draw black, which is nothing on a black page.
  return getComputedStyle(document.body).color;
}

export function themeFont(): { family: string; size: number } {
  const style = getComputedStyle(document.body);
  return { family: style.fontFamily, size: 11 };
}
