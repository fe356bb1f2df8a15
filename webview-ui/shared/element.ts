import { LitElement } from 'lit';
import { DisposableStore } from '../../src/base/lifecycle.ts';

/** An element in light DOM: page.css styles it, and labels can refer to ids anywhere in the page. */
export class PageElement extends LitElement {
  /** Emptied when the element leaves the page. */
  protected subscriptions = new DisposableStore();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.subscriptions.isDisposed) {
      this.subscriptions = new DisposableStore();
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.subscriptions.dispose();
  }
}

/** Tells a parent what happened in a child, by an event that bubbles. */
export function emit<T>(from: HTMLElement, name: string, detail: T): void {
  from.dispatchEvent(new CustomEvent<T>(name, { detail, bubbles: true }));
}
