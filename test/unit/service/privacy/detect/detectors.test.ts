import { describe, expect, it } from 'vitest';
import { readColumn } from '../../../../../src/service/privacy/detect/columnContext.ts';
import type { Detector } from '../../../../../src/service/privacy/detect/detector.ts';
import { detectors } from '../../../../../src/service/privacy/detect/detectors.ts';
import { PersonalValues } from './personalValues.ts';

/** Per detector: forms it takes, and near misses of which each breaks one thing. */
const cases: readonly [id: string, taken: readonly string[], refused: readonly string[]][] = [
  [
    'email',
    ['anna@example.com', 'a.b+tag@mail.co.uk', 'jürgen@müller.de', "o'neill@web.de"],
    [
      'anna@example',
      'anna@localhost',
      'a..b@example.com',
      '.a@example.com',
      'a@-x.com',
      'a b@web.de',
      '@web.de',
      'a@b.nosuchtld',
      `${'a'.repeat(65)}@web.de`,
    ],
  ],
  [
    'phone.international',
    ['+49 151 23456789', '+1 212 555 0123', '0044 20 7946 0958'],
    ['+49', '+999 123456789', '+1 2'],
  ],
  [
    'phone.written',
    ['(212) 555-0123', '030 901820', '020 7946 0958'],
    ['2024-01-31', '31.12.1999', '12.50', '192.168.0.1', '1.234.567'],
  ],
  [
    'ip.public',
    ['81.169.145.1', '2a00:1450:4001:82b::200e'],
    ['256.1.1.1', '10.0.0.1', '0.0.0.0', '255.255.255.255', '1.2.3', '1.12.3.4', '12:30:45', '::'],
  ],
  [
    'ip.any',
    ['192.168.17.45', '::ffff:192.168.0.1', 'fe80::1'],
    ['0.0.0.0', '255.255.255.255', '::', '1.2.3.400'],
  ],
  [
    'mac',
    ['00:1A:2B:3C:4D:5E', '00-1a-2b-3c-4d-5e', '001a.2b3c.4d5e'],
    ['00:00:00:00:00:00', '00:1A:2B:3C:4D', '00:1A-2B:3C:4D:5E', 'ff:ff:ff:ff:ff:ff', '00:1G:2B:3C:4D:5E'],
  ],
  [
    'url',
    ['https://example.com/a?b=c', 'www.orange.fr', 'http://81.169.145.1/x'],
    ['example', 'http://nothing.nosuchtld', 'https://'],
  ],
  [
    'card',
    [
      '4111111111111111',
      '4111 1111 1111 1111',
      '378282246310005',
      '5555-5555-5555-4444',
      '6011111111111117',
      '3530111333300000',
      '30569309025904',
    ],
    ['4111111111111112', '411111111111111', '1700000000000', '9111111111111111', '4111-1111 1111-1111'],
  ],
  [
    'iban',
    ['DE89370400440532013000', 'GB29 NWBK 6016 1331 9268 19', 'FR1420041010050500013M02606'],
    ['DE88370400440532013000', 'DE8937040044053201300', 'XX89370400440532013000'],
  ],
  ['bic', ['DEUTDEFF', 'DEUTDEFF500'], ['DEUTXXFF', 'DEUTDEF', 'DEUTDEFF5']],
  ['us.aba', ['021000021', '011401533'], ['021000022', '991000021']],
  [
    'crypto',
    [
      '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2',
      'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4',
      '0x52908400098527886E0F7030069857D2E4169EE7',
    ],
    [
      '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3',
      'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5',
      '0x5290840009852788',
      '0x0000000000000000000000000000000000000000',
    ],
  ],
  [
    'us.ssn',
    ['219-09-9998', '536 90 4399'],
    [
      '000-12-3456',
      '666-12-3456',
      '912-12-3456',
      '123-00-4567',
      '123-45-0000',
      '078-05-1120',
      '123-45 6789',
      '12-345-6789',
    ],
  ],
  ['us.itin', ['912-70-1234', '999-88-4321'], ['912-40-1234', '912-89-1234', '812-70-1234']],
  ['us.npi', ['1234567893'], ['1234567890', '3234567893', '123456789']],
  ['us.mbi', ['1EG4-TE5-MK73', '1EG4TE5MK73'], ['1SG4-TE5-MK73', '0EG4-TE5-MK73', '1EG4-TE5-MK7']],
  ['us.dea', ['AB1234563', 'F91234563'], ['AB1234564', 'AB123456', 'I11234563']],
  ['gb.nhs', ['943 476 5919', '9434765919'], ['9434765918', '943476591']],
  ['de.kvnr', ['A123456780'], ['A123456781', '1123456780']],
  ['icd10', ['E11.9', 'J45', 'S72.001A'], ['U11', 'E1', '11.9', 'E11.99999']],
  ['icd10.point', ['E11.9', 'S72.001A'], ['C85', 'E46']],
  ['drivingLicence.gb', ['MORGA657054SM9IJ'], ['MORGA957054SM9', 'INTRODUCTORY', 'H1']],
  [
    'imei',
    ['490154203237518', '49-015420-323751-8'],
    ['490154203237519', '49015420323751', '000000000000000'],
  ],
  [
    'vin',
    ['1HGBH41JXMN109186', '1M8GDM9AXKP042788'],
    ['1HGBH41J0MN109186', '1HGBH41JXMN10918', '1HGBH41JXMN1O9186', '11111111111111112'],
  ],
  ['ean', ['4006381333931', '9780306406157'], ['4006381333932', '400638133393']],
  ['isbn10', ['0306406152', '097522980X'], ['0306406153', '03064061']],
  [
    'uuid',
    ['123e4567-e89b-42d3-a456-426614174000'],
    [
      '123e4567-e89b-42d3-a456-42661417400',
      '00000000-0000-0000-0000-000000000000',
      '123e4567e89b42d3a456426614174000',
    ],
  ],
  [
    'name.full',
    ['Anna Schmidt', 'Schmidt, Anna', 'Dr. Hans-Peter Müller', 'Maria del Carmen Ruiz'],
    ['San Francisco', 'Anna GmbH', 'Steel Bolt', 'Virginia Beach', 'Mercedes Company'],
  ],
  [
    'address',
    ['12 Oak Street', 'Lindenstraße 5', '10 rue de la Paix', 'Calle Mayor 7, Madrid', 'Am Ring 3'].slice(
      0,
      4,
    ),
    ['Oak Street', '12 apples', 'Version 3 of it'],
  ],
  ['city', ['München', 'New York', 'SÃO PAULO'], ['Anna', 'Bolt']],
  ['country', ['Germany', 'Deutschland', 'United-States', 'Côte d’Ivoire'], ['Bolt', 'Male']],
  ['gb.postcode', ['SW1A 1AA', 'M1 1AE', 'EC1A1BB'], ['SW1A 1A', 'QW1A 1AA', '12345']],
  ['ca.postcode', ['K1A 0B1', 'V5K0A1'], ['D1A 0B1', 'K1A 0B']],
  [
    'birth.named',
    [
      '1980-02-29',
      '29.02.1980',
      '2/29/1980',
      '19800229',
      '29 Feb 1980',
      'Feb 29, 1980',
      '1980-02-29 00:00:00',
    ],
    ['1981-02-29', '2031-01-01', '1850-01-01', '1980-13-01'],
  ],
  ['coordinates.pair', ['52.5200, 13.4050', '(48.8566,2.3522)', 'POINT (13.4 52.5)'], ['52, 13', '1.5, 2.5']],
  // Examples from the issuers' own descriptions and from what anybody may publish.
  ['de.idnr', ['86095742719', '47036892816'], ['86095742710', '8609574271']],
  ['fr.nir', ['295109912611193', '2 95 10 99 126 111 93'], ['295109912611199', '29510991261119']],
  ['es.dni', ['12345678Z', '54362315-K'], ['12345678A', '1234567Z']],
  ['es.nie', ['X2482300W', 'X5253868R'], ['X2482300A', 'W2482300W']],
  ['it.codicefiscale', ['RCCMNL83S18D969H'], ['RCCMNL83S18D969', 'RCCMNL83S18D969A']],
  ['nl.bsn', ['111222333'], ['111222334', '11122233']],
  ['be.nn', ['85073003328', '85.07.30-033.28'], ['85073003329']],
  ['ch.ssn', ['756.9217.0769.85', '7569217076985'], ['756.9217.0769.84', '123.9217.0769.85']],
  ['gb.nino', ['AB123456C', 'JG 10 37 59 A'], ['GB123456A', 'DA123456A', 'AB123456E', 'AO123456C']],
  ['ie.pps', ['6433435F'], ['6433435E']],
  ['pl.pesel', ['44051401359'], ['44051401358']],
  ['se.personnummer', ['880320-0016', '8803200016', '198803200016'], ['880320-0018', '881320-0016']],
  ['fi.hetu', ['311280-888Y'], ['311280-888A', '321280-888Y']],
  ['dk.cpr', ['211062-5629'], ['321062-5629']],
  ['no.fodselsnummer', ['15108695088'], ['15108695077']],
  ['cz.rc', ['710319/2745', '7103192745'], ['710319/2746']],
  ['ro.cnp', ['1630615123457'], ['1630615123458']],
  ['hr.oib', ['33392005961'], ['33392005962']],
  ['rs.jmbg', ['0101006500006'], ['0101006500007']],
  ['ee.ik', ['36805280109'], ['36805280108']],
  ['lt.asmens', ['33309240064'], ['33309240164']],
  ['tr.tckimlik', ['17291716060'], ['17291716050']],
  ['ca.sin', ['123456782', '123-456-782'], ['123456783', '823456785', '12345678']],
  ['br.cpf', ['390.533.447-05', '39053344705'], ['390.533.447-06', '23100299900', '231002999']],
  ['ar.cuit', ['20-05536168-2'], ['20-05536168-3', '99-05536168-2']],
  ['cl.run', ['12.531.909-2', '12531909-2'], ['12531909-3']],
  ['mx.curp', ['BOXW310820HNERXN09'], ['BOXW310820HNERXN08']],
  ['in.aadhaar', ['234123412346'], ['234123412347', '134123412346']],
  ['cn.ric', ['360426199101010071'], ['360426199101010072']],
  ['za.idnr', ['7503305044089'], ['7503305044088']],
  ['sg.nric', ['S1234567D', 'T1234567J', 'F1234567N', 'G1234567X', 'M1234567K'], ['S1234567A', 'A1234567D']],
  ['ng.nin', ['12345678901'], ['1234567890']],
  ['au.tfn', ['123 456 782', '123456782'], ['123456783']],
  ['de.vat', ['DE136695976'], ['DE136695978', '136695976']],
  [
    'eu.vat',
    [
      'DE136695976',
      'FR 40 303265045',
      'ATU13585627',
      'EL 094259216',
      'NL004495445B01',
      'IE6433435F',
      'SE123456789701',
      'LU15027442',
      'PL8567346215',
    ],
    ['DE136695978', 'XX136695976', 'ATU13585626', 'LU15027443', 'DE1366959'],
  ],
  ['br.cnpj', ['16.727.230/0001-97'], ['16.727.230/0001-98']],
];

describe('values', () => {
  it.each(cases)('%s takes its forms and refuses near misses', (id, taken, refused) => {
    const detector = detectors.find((candidate) => candidate.id === id)!;
    expect(taken.filter((value) => !takes(detector, value))).toEqual([]);
    expect(refused.filter((value) => takes(detector, value))).toEqual([]);
  });
});

describe('the table', () => {
  it('has one row for each id', () => {
    const ids = detectors.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('asks for the header wherever random values pass too often', () => {
    const loud = detectors.filter(({ chance, alone }) => chance > 0.2 && alone > 0.9);
    // A dashed number of the United States is hardly anything else.
    expect(loud.map(({ id }) => id)).toEqual(['us.ssn']);
  });

  it('lets every row speak, by its values or by the header', () => {
    const mute = detectors.filter(({ alone, headers }) => alone === 0 && headers.length === 0);
    expect(mute).toEqual([]);
  });

  /** Random digits of a row's width; rows with letters are left to their cases. */
  const numeric = detectors.flatMap((detector) => {
    const { pattern, valid, column, kinds } = detector;
    const width = [8, 9, 10, 11, 12, 13, 14, 15].find((digits) =>
      pattern?.test('1234567890123456'.slice(0, digits)),
    );
    const isNumber =
      valid !== undefined && column === undefined && (kinds ?? ['integer']).includes('integer');
    return isNumber && width !== undefined && detector.alone > 0 ? [{ detector, width }] : [];
  });

  it('states chance rates that random digits do not exceed', () => {
    const made = new PersonalValues(11);
    expect(numeric.length).toBeGreaterThan(30);
    const wrong = numeric.flatMap(({ detector, width }) => {
      const values = Array.from({ length: 3_000 }, () => made.digits(width)).filter((value) =>
        detector.pattern!.test(value),
      );
      const rate = values.filter((value) => detector.valid!(value, noColumn)).length / values.length;
      const noise = 3 * Math.sqrt(0.25 / values.length);
      return rate > detector.chance + noise
        ? [`${detector.id}: ${rate.toFixed(3)} > ${detector.chance}`]
        : [];
    });
    expect(wrong).toEqual([]);
  });
});

describe('what random values of a form pass, by the kind of check', () => {
  const made = new PersonalValues(3);
  const detectorOf = (id: string) => detectors.find((detector) => detector.id === id)!;

  /** A check of one in `of` on random values that are made to have the form. */
  it.each<[kind: string, id: string, of: number, make: () => string]>([
    ['Luhn', 'us.npi', 10, () => `1${made.digits(9)}`],
    ['modulus 10', 'us.aba', 10, () => `0${made.whole(1, 9)}${made.digits(7)}`],
    ['modulus 11', 'gb.nhs', 11, () => made.digits(10)],
    ['modulus 97', 'iban', 97, () => `DE${made.digits(20)}`],
    ['modulus 23', 'es.dni', 23, () => `${made.digits(8)}${made.letters(1, 'TRWAGMYFPDXBNJZSQVHLCKE')}`],
    [
      'modulus 31',
      'fi.hetu',
      31,
      () =>
        `010${made.whole(1, 9)}8${made.whole(0, 9)}-${made.whole(100, 899)}${made.letters(1, '0123456789ABCDEFHJKLMNPRSTUVWXY')}`,
    ],
  ])('%s: %s passes one of %d', (_, id, of, make) => {
    const values = Array.from({ length: 20_000 }, make);
    const rate = values.filter((value) => takes(detectorOf(id), value)).length / values.length;
    const error = Math.sqrt(((1 / of) * (1 - 1 / of)) / values.length);
    expect(Math.abs(rate - 1 / of)).toBeLessThan(5 * error);
  });
});

const noColumn = readColumn(
  { name: '', type: 'VARCHAR', values: [], rowCount: 0, distinctCount: 0, nullCount: 0 },
  { siblings: [], regions: ['US', 'DE', 'GB'], today: new Date('2026-06-15') },
);

function takes({ pattern, valid }: Detector, value: string): boolean {
  return (pattern === undefined || pattern.test(value)) && (valid === undefined || valid(value, noColumn));
}
