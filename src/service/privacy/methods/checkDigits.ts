/** A rule by which part of a number follows from the rest. */
export interface CheckDigits {
  /** Which characters of the number, separators left out, the rule computes. */
  positions(length: number): readonly number[];
  /** What they are, as many characters as positions; `characters` holds anything in their place. */
  compute(characters: readonly string[]): readonly string[];
}

export const checkNames = ['luhn', 'mod11', 'iban'] as const;
export type CheckName = (typeof checkNames)[number];

const last = (length: number) => [length - 1];

export const checkDigits: Readonly<Record<CheckName, CheckDigits>> = {
  /** Payment cards, IMEI and many identity numbers: every second digit doubled, from the right (ISO/IEC 7812-1). */
  luhn: {
    positions: last,
    compute(characters) {
      const digits = characters.slice(0, -1).map(Number).reverse();
      const sum = digits.reduce((total, digit, index) => {
        const doubled = index % 2 === 0 ? digit * 2 : digit;
        return total + (doubled > 9 ? doubled - 9 : doubled);
      }, 0);
      return [String((10 - (sum % 10)) % 10)];
    },
  },
  /** Weights 2, 3, 4, … from the right, as in ISBN-10 and the NHS number; 10 is written X. */
  mod11: {
    positions: last,
    compute(characters) {
      const digits = characters.slice(0, -1).map(Number).reverse();
      const sum = digits.reduce((total, digit, index) => total + digit * (index + 2), 0);
      const check = (11 - (sum % 11)) % 11;
      return [check === 10 ? 'X' : String(check)];
    },
  },
  /** The third and fourth character of an IBAN (ISO 7064 mod 97-10 over the rest, the country and 00). */
  iban: {
    positions: () => [2, 3],
    compute(characters) {
      const moved = [...characters.slice(4), ...characters.slice(0, 2), '0', '0'];
      const rest = moved.reduce((remainder, character) => {
        const value = Number.parseInt(character, 36);
        return (remainder * (value > 9 ? 100 : 10) + value) % 97;
      }, 0);
      const check = String(98 - rest).padStart(2, '0');
      return [check[0]!, check[1]!];
    },
  },
};
