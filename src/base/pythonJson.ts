/** JSON as Python's `json.dumps` writes it: a space after commas and colons, nothing beyond ASCII. */
export function pythonJson(value: unknown): string {
  // Line breaks stand between parts only: in text they are written as \n.
  return asciiOnly(
    JSON.stringify(value, undefined, 1)
      .replace(/([[{])\n +/g, '$1')
      .replace(/\n *([\]}])/g, '$1')
      .replace(/\n */g, ' '),
  );
}

/** JSON with everything beyond ASCII escaped. */
export function asciiOnly(json: string): string {
  return json.replace(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Text as Python shows it: in single quotes, unless it has such and no double ones. */
export function pythonQuoted(text: string): string {
  if (text.includes("'") && !text.includes('"')) {
    return `"${text}"`;
  }
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
