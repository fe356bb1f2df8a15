/** Says a sentence through the page's one polite live region, for people who do not see the page. */
export function announce(sentence: string): void {
  const region = document.getElementById('announcements') ?? createRegion();
  region.textContent = sentence;
}

function createRegion(): HTMLElement {
  const region = document.createElement('div');
  region.id = 'announcements';
  region.className = 'visually-hidden';
  region.setAttribute('role', 'status');
  region.setAttribute('aria-live', 'polite');
  document.body.append(region);
  return region;
}

/** A screen reader speaks only changes of a region that it already knows. */
export function prepareAnnouncements(): void {
  if (!document.getElementById('announcements')) {
    createRegion();
  }
}
