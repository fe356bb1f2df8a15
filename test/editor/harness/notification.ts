import type { Locator, Page } from 'playwright-core';
import { exactly } from './text.ts';

/** A message at the lower right, found by a part of its text. */
export class Notification {
  readonly locator: Locator;

  constructor(page: Page, text: string | RegExp) {
    this.locator = page
      .locator('.notification-list-item')
      .filter({ has: page.locator('.notification-list-item-message', { hasText: text }) })
      .first();
  }

  async waitFor(): Promise<void> {
    await this.locator.waitFor();
  }

  async message(): Promise<string> {
    return (await this.locator.locator('.notification-list-item-message').textContent()) ?? '';
  }

  async buttons(): Promise<string[]> {
    await this.waitFor();
    return this.locator
      .locator('.notification-list-item-buttons-container .monaco-button:visible')
      .allInnerTexts();
  }

  async click(button: string): Promise<void> {
    await this.locator
      .locator('.monaco-button')
      .filter({ hasText: exactly(button) })
      .click();
  }

  async dismiss(): Promise<void> {
    await this.locator.hover();
    await this.locator.locator('.codicon-notifications-clear').click();
    await this.locator.waitFor({ state: 'hidden' });
  }
}
