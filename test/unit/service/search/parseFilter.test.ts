import { describe, expect, test } from 'vitest';
import { errorShape } from '../../../../src/base/errors.ts';
import { parseFilter } from '../../../../src/service/search/parseFilter.ts';
import type { Dialect, Expression, Joined } from '../../../../src/service/search/syntax.ts';

describe('a comparison', () => {
  test.each([
    ['metrics.accuracy > 0.9', 'metrics|accuracy > 0.9'],
    ['metrics.accuracy>=-1.5e-3', 'metrics|accuracy >= -0.0015'],
    ['metric.loss < .5', 'metric|loss < 0.5'],
    ["params.model = 'svm'", 'params|model = "svm"'],
    ['params.model = "svm"', 'params|model = "svm"'],
    ["tags.mlflow.parentRunId = 'abc'", 'tags|mlflow.parentRunId = "abc"'],
    ['metrics.`val loss-2` != 1', 'metrics|val loss-2 != 1'],
    ['params."learning.rate" = \'1\'', 'params|learning.rate = "1"'],
    ['`metrics`.`a` = 1', 'metrics|a = 1'],
    ['metrics.1st = 1', 'metrics|1st = 1'],
    ["tags.größe = 'ä'", 'tags|größe = "ä"'],
    ["`run name` LIKE '%otter'", '|run name LIKE "%otter"'],
    ["name iLike 'Otter_'", '|name ILIKE "Otter_"'],
    ['run_id in (\'a\', "b",)', '|run_id IN [a,b]'],
    ["run_id NOT  IN('a')", '|run_id NOT IN [a]'],
    ['tags.stage is null', 'tags|stage IS NULL'],
    ['tags.stage IS NOT NULL', 'tags|stage IS NOT NULL'],
    ["tags.note = 'it''s (and) more'", 'tags|note = "it\'s (and) more"'],
    ["tags.path = 'C:\\'", 'tags|path = "C:\\"'],
    ["tags.empty = ''", 'tags|empty = ""'],
    ['params.model = svm', 'params|model = svm'],
    ["  attributes.status\n=\t'RUNNING' ", 'attributes|status = "RUNNING"'],
  ])('%s', (text, tree) => {
    expect(show(parseFilter(text, 'mlflow'))).toBe(tree);
    expect(show(parseFilter(text, 'workbench'))).toBe(tree);
  });

  test('knows where it was written', () => {
    const text = "metrics.a > 1 AND tags.`b c` not in ('x', 'y')";
    const parsed = parseFilter(text, 'mlflow');
    expect(parsed).toMatchObject({ kind: 'and', start: 0, end: text.length });
    const second = (parsed as Joined).parts[1]!;
    expect(second).toMatchObject({
      start: 18,
      field: { start: 18, end: 28, text: 'tags.`b c`' },
      operatorRange: { start: 29, end: 35 },
      value: { start: 36, end: 46 },
    });
  });
});

describe('comparisons together', () => {
  test.each([
    ['a = 1 AND b = 2 and c = 3', '(|a = 1 and |b = 2 and |c = 3)'],
    ['a = 1 or b = 2 and c = 3', '(|a = 1 or (|b = 2 and |c = 3))'],
    ['(a = 1 or b = 2) and c = 3', '((|a = 1 or |b = 2) and |c = 3)'],
    ['not a = 1 and b = 2', '(not |a = 1 and |b = 2)'],
    ['NOT (a = 1 AND NOT NOT b = 2)', 'not (|a = 1 and not not |b = 2)'],
    ["not run_id not in ('a')", 'not |run_id NOT IN [a]'],
    ['((a = 1))', '|a = 1'],
  ])('%s', (text, tree) => {
    expect(show(parseFilter(text, 'workbench'))).toBe(tree);
  });

  test.each(['', '   \n', undefined, null])('%j is no filter', (text) => {
    expect(parseFilter(text, 'mlflow')).toBeUndefined();
  });
});

describe('a mistake is named, with its place', () => {
  test.each<[Dialect, string, number, string]>([
    ['mlflow', "metrics.a > 1 OR tags.b = 'x'", 15, "Invalid clause(s) in filter string: 'OR'"],
    ['mlflow', 'NOT metrics.a > 1', 1, "Invalid clause(s) in filter string: 'NOT'"],
    ['mlflow', 'metrics.a > 1 AND (metrics.b > 2)', 19, "Invalid clause(s) in filter string: '('"],
    ['mlflow', 'metrics.a > 1, metrics.b > 2', 14, "Invalid clause(s) in filter string: ','"],
    ['mlflow', 'metrics.a > 1 metrics.b > 2', 15, "Invalid clause(s) in filter string: 'metrics'"],
    ['mlflow', 'metrics.a > 1;', 14, "Invalid clause(s) in filter string: ';'"],
    ['workbench', 'metrics.a > 1 AND', 18, "a comparison is expected after 'AND'"],
    ['workbench', '()', 2, "a comparison is expected after '('"],
    ['workbench', '(metrics.a > 1', 1, "'(' is not closed"],
    ['workbench', 'metrics.a > 1)', 14, "Invalid clause(s) in filter string: ')'"],
    ['workbench', 'and metrics.a > 1', 1, "Invalid clause(s) in filter string: 'and'"],
    ['mlflow', '0.5 < metrics.a', 1, "Invalid comparison clause. Expected 'Identifier' found '0.5'"],
    ['mlflow', "'a' = 'b'", 1, "Invalid comparison clause. Expected 'Identifier' found ''a''"],
    ['mlflow', 'metrics.a', 10, "'metrics.a'. Expected a comparator, found the end"],
    ['mlflow', 'metrics.a between 1', 11, "Expected a comparator, found 'between'"],
    ['mlflow', 'metrics.a-b > 1', 10, "Expected a comparator, found '-b'"],
    ['mlflow', 'metrics.a >', 12, "'metrics.a >'. Expected a value, found the end"],
    ['mlflow', 'metrics.a > = 1', 13, "Expected a value, found '='"],
    ['mlflow', 'metrics.a == 1', 11, "Invalid comparator '==' not one of ['=', '!=', "],
    ['mlflow', 'metrics.a <> 1', 11, "Invalid comparator '<>'"],
    ['mlflow', "params.a = 'x", 12, 'has no closing quote'],
    ['mlflow', "params.`a = 'x'", 8, 'has no closing quote'],
    ['mlflow', "run_id IN ('a", 12, 'has no closing quote'],
    ['mlflow', "run_id IN 'a'", 11, "Invalid clause(s) in filter string: ''a''"],
    ['mlflow', 'run_id IN', 10, 'Expected a value, found the end'],
    ['mlflow', 'run_id IN ()', 11, 'expected a non-empty list of string values, but got empty list'],
    ['mlflow', "run_id IN ('a' 'b')", 16, 'but got ill-formed list.'],
    ['mlflow', "run_id IN ('a', 2)", 17, "but got different type in list: ('a', 2)"],
    ['mlflow', 'tags.a IS 1', 8, "Expected a comparator, found 'IS'"],
  ])('%s: %s', (dialect, text, character, sentence) => {
    const { code, message, range } = failure(() => parseFilter(text, dialect));
    expect(code).toBe('search.invalidFilter');
    expect(message).toContain(sentence);
    expect(message).toMatch(new RegExp(`\\(at character ${character}\\)$`));
    expect(range).toMatchObject({ start: character - 1 });
  });

  test('MLflow has no OR, and the sentence says so', () => {
    const { message } = failure(() => parseFilter('a = 1 or b = 2', 'mlflow'));
    expect(message).toContain("MLflow's search joins comparisons with AND only");
  });

  test('more than anybody writes is refused rather than tried', () => {
    const long = Array.from({ length: 1_001 }, () => 'a = 1').join(' and ');
    expect(failure(() => parseFilter(long, 'mlflow')).message).toContain('more than 1000 comparisons');
    const deep = `${'('.repeat(101)}a = 1${')'.repeat(101)}`;
    expect(failure(() => parseFilter(deep, 'workbench')).message).toContain('more than 100 levels');
    const broad = Array.from({ length: 1_000 }, () => '(a = 1)').join(' or ');
    expect(parseFilter(broad, 'workbench')).toMatchObject({ kind: 'or' });
  });
});

function failure(work: () => unknown) {
  try {
    work();
  } catch (error) {
    return errorShape(error);
  }
  throw new Error('It was taken.');
}

function show(expression: Expression | undefined): string {
  if (!expression) {
    return '';
  }
  switch (expression.kind) {
    case 'not':
      return `not ${show(expression.part)}`;
    case 'comparison': {
      const { field, operator, value } = expression;
      const shown =
        value === undefined
          ? ''
          : value.kind === 'list'
            ? ` [${value.values.join(',')}]`
            : ` ${value.kind === 'text' ? `"${value.value}"` : value.value}`;
      return `${field.entity ?? ''}|${field.key} ${operator}${shown}`;
    }
    default:
      return `(${expression.parts.map(show).join(` ${expression.kind} `)})`;
  }
}
