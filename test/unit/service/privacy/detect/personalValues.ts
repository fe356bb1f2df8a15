/**
 * Made-up values of people with true check digits, from a fixed seed. The check digits are computed here, apart from
 * the code under test, so that the two have to agree.
 */
export class PersonalValues {
  private state: number;

  constructor(seed = 7) {
    this.state = seed;
  }

  /** Mulberry32: 0 to below 1. */
  random(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.random() * (high - low + 1));
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.whole(0, choices.length - 1)]!;
  }

  digits(count: number): string {
    return Array.from({ length: count }, () => this.whole(0, 9)).join('');
  }

  letters(count: number, alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'): string {
    return Array.from({ length: count }, () => this.pick([...alphabet])).join('');
  }

  email(): string {
    const name = `${this.pick(firstNames)}.${this.pick(lastNames)}${this.whole(1, 99)}`.toLowerCase();
    return `${name}@${this.pick(['example.com', 'web.de', 'mail.co.uk', 'uni-bonn.de', 'orange.fr'])}`;
  }

  fullName(): string {
    return `${this.pick(firstNames)} ${this.pick(lastNames)}`;
  }

  firstName(): string {
    return this.pick(firstNames);
  }

  lastName(): string {
    return this.pick(lastNames);
  }

  card(): string {
    const body = this.pick([() => `4${this.digits(14)}`, () => `5${this.whole(1, 5)}${this.digits(13)}`])();
    return body + luhnDigit(body);
  }

  iban(): string {
    const account = this.digits(18);
    // D is 13 and E is 14; the check makes the whole 1 modulo 97.
    const check = 98n - (BigInt(`${account}131400`) % 97n);
    return `DE${String(check).padStart(2, '0')}${account}`;
  }

  ssn(): string {
    const area = this.pick([this.whole(1, 665), this.whole(667, 899)]);
    const pad = (value: number, width: number) => String(value).padStart(width, '0');
    return `${pad(area, 3)}-${pad(this.whole(1, 99), 2)}-${pad(this.whole(1, 9999), 4)}`;
  }

  canadianSin(): string {
    const body = `${this.whole(1, 7)}${this.digits(7)}`;
    return body + luhnDigit(body);
  }

  npi(): string {
    const body = `1${this.digits(8)}`;
    return body + luhnDigit(`80840${body}`);
  }

  nhsNumber(): string {
    for (;;) {
      const body = this.digits(9);
      const check = 11 - (weighted(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
      if (check !== 10) {
        return `${body}${check === 11 ? 0 : check}`;
      }
    }
  }

  spanishDni(): string {
    const number = this.digits(8);
    return `${number}${'TRWAGMYFPDXBNJZSQVHLCKE'[Number(number) % 23]}`;
  }

  frenchNir(): string {
    const month = String(this.whole(1, 12)).padStart(2, '0');
    const department = String(this.whole(1, 19)).padStart(2, '0');
    const body = `${this.whole(1, 2)}${this.digits(2)}${month}${department}${this.digits(3)}${this.digits(3)}`;
    return `${body}${String(97n - (BigInt(body) % 97n)).padStart(2, '0')}`;
  }

  brazilianCpf(): string {
    const body = this.digits(9);
    const digit = (text: string) => {
      const weights = [...text].map((_, place) => text.length + 1 - place);
      return ((weighted(text, weights) * 10) % 11) % 10;
    };
    const first = digit(body);
    return `${body}${first}${digit(`${body}${first}`)}`;
  }

  dutchBsn(): string {
    for (;;) {
      const body = `${this.whole(1, 9)}${this.digits(7)}`;
      const check = weighted(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
      if (check !== 10) {
        return `${body}${check}`;
      }
    }
  }

  polishPesel(): string {
    const body = `${this.birthday()}${this.digits(4)}`;
    return `${body}${(10 - (weighted(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10}`;
  }

  finnishHetu(): string {
    const day = this.birthday();
    const date = `${day.slice(4)}${day.slice(2, 4)}${day.slice(0, 2)}`;
    const serial = String(this.whole(2, 899)).padStart(3, '0');
    return `${date}-${serial}${'0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(date + serial) % 31]}`;
  }

  /** Two digits of a year before 2000, month and day. */
  private birthday(): string {
    const two = (value: number) => String(value).padStart(2, '0');
    return `${two(this.whole(30, 99))}${two(this.whole(1, 12))}${two(this.whole(1, 28))}`;
  }

  germanIdNr(): string {
    // Ten digits of which one comes twice and one never; ISO 7064, modulus 11, 10.
    const shuffled = [...'0123456789'].sort(() => this.random() - 0.5);
    const body = [...shuffled.slice(0, 9), shuffled[this.whole(1, 8)]!];
    if (body[0] === '0') {
      body[0] = shuffled[9]!;
    }
    let product = 10;
    for (const digit of body) {
      const sum = (Number(digit) + product) % 10 || 10;
      product = (sum * 2) % 11;
    }
    return `${body.join('')}${(11 - product) % 10}`;
  }

  imei(): string {
    const body = `35${this.digits(12)}`;
    return body + luhnDigit(body);
  }

  vin(): string {
    const alphabet = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789';
    const front = this.letters(8, alphabet);
    const back = this.letters(8, alphabet);
    const values: Record<string, number> = {};
    [...'ABCDEFGH'].forEach((letter, index) => {
      values[letter] = index + 1;
    });
    Object.assign(values, { J: 1, K: 2, L: 3, M: 4, N: 5, P: 7, R: 9 });
    [...'STUVWXYZ'].forEach((letter, index) => {
      values[letter] = index + 2;
    });
    const weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    const sum = [...`${front}0${back}`].reduce(
      (total, character, place) => total + (values[character] ?? Number(character)) * weights[place]!,
      0,
    );
    return `${front}${sum % 11 === 10 ? 'X' : sum % 11}${back}`;
  }

  usPhone(): string {
    return `(${this.pick(['212', '415', '312', '617', '206'])}) ${this.whole(200, 999)}-${this.digits(4)}`;
  }

  germanMobile(): string {
    return `+49 ${this.pick(['151', '160', '170', '175'])} ${this.whole(2, 9)}${this.digits(this.pick([6, 7]))}`;
  }

  publicIp(): string {
    return `${this.pick([8, 31, 52, 81, 93, 151, 185])}.${this.whole(0, 255)}.${this.whole(0, 255)}.${this.whole(1, 254)}`;
  }

  uuid(): string {
    const hex = (count: number) => this.letters(count, '0123456789abcdef');
    return `${hex(8)}-${hex(4)}-4${hex(3)}-${this.pick(['8', '9', 'a', 'b'])}${hex(3)}-${hex(12)}`;
  }

  date(from: number, to: number): string {
    const two = (value: number) => String(value).padStart(2, '0');
    return `${this.whole(from, to)}-${two(this.whole(1, 12))}-${two(this.whole(1, 28))}`;
  }

  street(): string {
    return `${this.whole(1, 999)} ${this.pick(['Oak', 'Maple', 'Main', 'Church', 'Mill', 'Lake'])} ${this.pick(['Street', 'Road', 'Ave', 'Lane'])}`;
  }
}

function luhnDigit(body: string): string {
  const sum = [...body].reverse().reduce((total, character, place) => {
    const doubled = Number(character) * (place % 2 === 0 ? 2 : 1);
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return String((10 - (sum % 10)) % 10);
}

function weighted(digits: string, weights: readonly number[]): number {
  return [...digits].reduce((sum, digit, place) => sum + Number(digit) * weights[place]!, 0);
}

// Every other name is one that the dictionaries do not have, as in true columns.
const firstNames = [
  'Anna',
  'James',
  'Lukas',
  'Maria',
  'Wolfgang',
  'Chloe',
  'Pierre',
  'Giulia',
  'Mohammed',
  'Priya',
  'Hiroshi',
  'Astrid',
  'Ottilie',
  'Zebulon',
  'Xanthe',
  'Corentin',
  'Ludivine',
  'Hjalmar',
  'Oluwaseun',
  'Ambroise',
];
const lastNames = [
  'Schmidt',
  'Garcia',
  'Johnson',
  'Rossi',
  'Dubois',
  'Nowak',
  'Singh',
  'Nguyen',
  'Andersson',
  'Okafor',
  'Silva',
  'Quackenbush',
  'Zwingli',
  'Thistlewood',
  'Brandtner',
  'Featherstonehaugh',
  'Oyelaran',
  'Lindqvister',
];
