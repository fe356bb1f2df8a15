/** Luhn's check (ISO/IEC 7812-1, annex B) over a text of digits. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48;
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The sum of digits times weights; both of equal length. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, place) => sum + weight * (digits.charCodeAt(place) - 48), 0);
}

export function digitsOf(value: string): string {
  return value.replace(/\D/g, '');
}

export function isOneDigitRepeated(digits: string): boolean {
  return /^(\d)\1*$/.test(digits);
}
