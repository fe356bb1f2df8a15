import { describe, expect, it } from 'vitest';
import type { EncodedColumn } from '../../../../../src/service/data/encodedTable.ts';
import {
  closeness,
  recursiveFactor,
  sensitiveValues,
} from '../../../../../src/service/privacy/guarantee/distribution.ts';
import { compileHierarchy } from '../../../../../src/service/privacy/guarantee/hierarchy/levelTable.ts';
import { attainedGuarantees } from '../../../../../src/service/privacy/guarantee/measure.ts';
import { encode, readSharedTable } from './sharedData.ts';

/** The tables of pyCANON's own tests. */
function readStudents(file: string): { quasiIdentifiers: EncodedColumn[]; score: EncodedColumn } {
  const columns = readSharedTable(['students', file], ',', (field, column) =>
    column === 'Score' ? Number(field) : field,
  );
  const named = (name: string) => columns.find((column) => column.name === name)!;
  return {
    quasiIdentifiers: ['Teacher', 'Gender', 'Ethnic', 'Freeredu', 'wesson'].map(named),
    score: named('Score'),
  };
}

describe('what pyCANON measures on its tables', () => {
  it('StudentsMath_Score', () => {
    const { quasiIdentifiers, score } = readStudents('StudentsMath_Score.csv');
    const attained = attainedGuarantees(quasiIdentifiers, score, { kind: 'ordered' });
    expect(score.codes).toHaveLength(216);
    expect(attained.k).toBe(1);
    expect(attained.beta).toBeCloseTo(71, 10);
    expect(attained.enhancedBeta).toBeCloseTo(5.375278, 6);
    expect(attained.delta).toBeCloseTo(4.276666, 6);
    expect(attained.t).toBeCloseTo(0.416592, 8);
  });

  it('StudentsMath_Score_k5', () => {
    const { quasiIdentifiers, score } = readStudents('StudentsMath_Score_k5.csv');
    const attained = attainedGuarantees(quasiIdentifiers, score, { kind: 'ordered' });
    expect(score.codes).toHaveLength(154);
    expect(attained).toMatchObject({ k: 5, alpha: 0.5, l: 4 });
    expect(Math.floor(attained.entropyL)).toBe(3);
    expect(attained.beta).toBeCloseTo(29.8, 10);
    expect(attained.delta).toBeCloseTo(3.427515, 6);
    expect(attained.t).toBeCloseTo(0.31023287, 8);
  });
});

describe('distances of distributions', () => {
  // The salaries of Li et al. 2007, table 3: nine of them, three in a class.
  const salaries = encode('salary', [3, 4, 5, 6, 11, 8, 7, 9, 10]);
  const values = sensitiveValues(salaries);
  const classOf = (...members: number[]) => {
    const counts = new Int32Array(9);
    const codes = Int32Array.from(members, (salary) => salaries.values.indexOf(salary));
    for (const code of codes) {
      counts[code]! += 1;
    }
    return { size: members.length, counts, codes, present: codes.length };
  };

  it('measures the ordered distance as its authors do', () => {
    expect(closeness(classOf(3, 4, 5), values, 'ordered')).toBeCloseTo(0.375, 12);
    expect(closeness(classOf(6, 8, 11), values, 'ordered')).toBeCloseTo(0.167, 3);
  });

  it('measures the equal distance as half of the sum of differences', () => {
    expect(closeness(classOf(3, 4, 5), values, 'equal')).toBeCloseTo(2 / 3, 12);
  });

  it('measures the hierarchical distance by what must cross each inner node', () => {
    const illness = encode('illness', ['flu', 'cold', 'ulcer', 'gastritis']);
    const tree = compileHierarchy(illness, {
      rows: [
        ['flu', 'lungs', '*'],
        ['cold', 'lungs', '*'],
        ['ulcer', 'stomach', '*'],
        ['gastritis', 'stomach', '*'],
      ],
    });
    const hierarchical = sensitiveValues(illness, undefined, tree);
    const onlyFlu = { size: 1, counts: Int32Array.of(1, 0, 0, 0), codes: Int32Array.of(0), present: 1 };
    // 1/4 comes from cold over half of the height, 1/2 from the stomach over the whole of it.
    expect(closeness(onlyFlu, hierarchical, 'hierarchical')).toBeCloseTo(0.25 * 0.5 + 0.5, 12);
  });

  it('measures recursive diversity by the most frequent value against the rare ones', () => {
    const counts = Int32Array.of(6, 3, 2, 1);
    const found = { size: 12, counts, codes: Int32Array.of(0, 1, 2, 3), present: 4 };
    expect(recursiveFactor(found, 2)).toBe(1);
    expect(recursiveFactor(found, 3)).toBe(2);
    expect(recursiveFactor(found, 5)).toBe(Number.POSITIVE_INFINITY);
  });
});

it('refuses to measure a table without rows', () => {
  expect(() => attainedGuarantees([encode('a', [])], encode('b', []))).toThrow('needs rows');
});
