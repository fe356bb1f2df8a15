/** Something that belongs to a row of another table, with the number of that row. */
export type Owned<Thing> = readonly [owner: number, thing: Thing];

/** The numbers of rows as a JSON array: one bound value, however many there are. */
export type RowNumbers = string;

/** Answers what belongs to an owner, in the order it came. */
export function byOwner<Thing>(things: readonly Owned<Thing>[]): (owner: number) => readonly Thing[] {
  const groups = new Map<number, Thing[]>();
  for (const [owner, thing] of things) {
    const group = groups.get(owner);
    if (group) {
      group.push(thing);
    } else {
      groups.set(owner, [thing]);
    }
  }
  return (owner) => groups.get(owner) ?? [];
}
