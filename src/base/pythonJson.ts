/** JSON as Python's `json.dumps` writes it: a space after commas and colons, nothing beyond ASCII. */
export function pythonJson(value: unknown): string {
  // Line breaks stand between parts only: in text they are written as \n.
  return JSON.stringify(value, undefined, 1)
    .replace(/([[{])\n +/g, '$1')
    .replace(/\n *([\]}])/g, '$1')
    .replace(/\n */g, ' ')
    .replace(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
