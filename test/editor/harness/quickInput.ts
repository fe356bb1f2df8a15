import type { Locator, Page } from 'playwright-core';
import { exactly } from './text.ts';

/** The box at the top of the window: the command palette, quick open, input boxes and quick picks. */
export class QuickInput {
  readonly widget: Locator;
  readonly input: Locator;
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.widget = page.locator('.quick-input-widget:visible');
    this.input = this.widget
      .locator('.quick-input-filter input[type="text"], .quick-input-filter input.input')
      .first();
  }

  async type(text: string): Promise<void> {
    await this.input.fill(text);
  }

  async accept(): Promise<void> {
    await this.input.press('Enter');
  }

  async cancel(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await this.widget.waitFor({ state: 'hidden' });
  }

  /** Picks the row with exactly this label; a RegExp looks at the whole row, description and detail included. */
  async pick(label: string | RegExp): Promise<void> {
    await this.row(label).click();
  }

  row(label: string | RegExp): Locator {
    return rowOf(this.widget, label);
  }

  /** The labels of the rows that are drawn now. */
  async labels(): Promise<string[]> {
    return this.widget.locator('.monaco-list-row .label-name').allInnerTexts();
  }
}

function rowOf(widget: Locator, label: string | RegExp): Locator {
  const rows = widget.locator('.quick-input-list .monaco-list-row');
  return typeof label === 'string'
    ? rows.filter({
        has: widget
          .page()
          .locator('.quick-input-list-row:first-child .label-name', { hasText: exactly(label) }),
      })
    : rows.filter({ hasText: label });
}
