import { connectHost, type Host } from './host.ts';

/** Brings the page's element to life, which the client put into the html, with its way to the client. */
export function openPage(tag: string, page: CustomElementConstructor): void {
  const element = document.querySelector(tag) as (HTMLElement & { host: Host }) | null;
  if (!element) {
    throw new Error(`The page has no <${tag}>`);
  }
  element.host = connectHost();
  customElements.define(tag, page);
}
