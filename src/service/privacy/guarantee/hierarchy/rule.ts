import type { EncodedColumn } from '../../../data/encodedTable.ts';
import { type DateRule, dateHierarchy } from './dates.ts';
import {
  type GroupRule,
  groupHierarchy,
  type OrderRule,
  orderHierarchy,
  type PriorityRule,
  priorityHierarchy,
} from './groups.ts';
import type { Hierarchy } from './hierarchy.ts';
import { type IntervalRule, intervalHierarchy } from './intervals.ts';
import { compileHierarchy, type LevelTable } from './levelTable.ts';
import { type RedactionRule, redactionHierarchy } from './redaction.ts';

/** An explicit table of levels. */
export interface TableRule extends Hierarchy {
  readonly kind: 'table';
}

/** What a recipe says of a column's hierarchy: plain data, which also fits values that were not there when it was written. */
export type HierarchyRule =
  | TableRule
  | IntervalRule
  | DateRule
  | RedactionRule
  | OrderRule
  | PriorityRule
  | GroupRule;

/** The hierarchy that a rule makes for the values of a column; throws where it does not fit them. */
export function hierarchyOf(rule: HierarchyRule, { name, values }: EncodedColumn): Hierarchy {
  switch (rule.kind) {
    case 'table':
      return rule;
    case 'intervals':
      return intervalHierarchy(name, values, rule);
    case 'dates':
      return dateHierarchy(name, values, rule);
    case 'redaction':
      return redactionHierarchy(values, rule);
    case 'order':
      return orderHierarchy(name, values, rule);
    case 'priority':
      return priorityHierarchy(values, rule);
    case 'groups':
      return groupHierarchy(name, values, rule);
  }
}

/** The levels of a column by its rule. */
export function levelsOf(rule: HierarchyRule, column: EncodedColumn): LevelTable {
  const hierarchy = hierarchyOf(rule, column);
  // A rule makes rows for the values it is given: a column of missing values alone gets none, and needs none.
  return compileHierarchy(column, hierarchy.rows.length === 0 ? { rows: [[null]] } : hierarchy);
}
