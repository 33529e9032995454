// The attempts of one delivery are one row, its latest, until the earlier ones are unfolded.
import type { DeliveryItem } from './delivery.ts'

export type Row = {
  readonly item: DeliveryItem
  /** Those of the same delivery below it, of what is loaded. None for one of those. */
  readonly earlier: readonly DeliveryItem[]
  readonly isEarlier: boolean
  readonly isUnfolded: boolean
}

/** `items` are newest first. What is opened is seen, unfolded or not. */
export function rowsOf(
  items: readonly DeliveryItem[],
  unfolded: ReadonlySet<string>,
  openId: number | undefined,
): readonly Row[] {
  const groups = Map.groupBy(items, ({ guid }) => guid)
  return [...groups].flatMap(([guid, [item, ...earlier]]): Row[] => {
    if (!item) return []
    const isUnfolded = unfolded.has(guid) || earlier.some(({ id }) => id === openId)
    const below = isUnfolded ? earlier : []
    return [
      { item, earlier, isEarlier: false, isUnfolded },
      ...below.map(one => ({ item: one, earlier: [], isEarlier: true, isUnfolded })),
    ]
  })
}
