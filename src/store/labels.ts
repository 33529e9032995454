// A repository's labels. Names are found whatever their case.
import type { Selectable } from 'kysely'
import { validationFailed } from '../errors.ts'
import type { Label } from '../issue.ts'
import { offsetOf, type Page } from './page.ts'
import type { Db, LabelTable } from './schema.ts'

/** GitHub's colour for a label that is made by naming it on an issue. */
export const COLOR_DEFAULT = 'ededed'

export type NewLabel = {
  readonly name: string
  readonly color: string
  readonly description: string | null
}

export type LabelChanges = Partial<NewLabel>

/** Throws `validation_failed` when the repository has one of that name. */
export async function createLabel(tx: Db, repositoryId: number, label: NewLabel): Promise<Label> {
  const row = await tx
    .insertInto('labels')
    .values({
      repository_id: repositoryId,
      name: label.name,
      name_key: keyOf(label.name),
      color: label.color,
      description: label.description,
      is_default: 0,
    })
    .onConflict(conflict => conflict.columns(['repository_id', 'name_key']).doNothing())
    .returningAll()
    .executeTakeFirst()
  if (!row) throw nameTaken()
  return labelOf(row)
}

/** The labels of these names, in their order, each once. `created` are those that had to be made. */
export async function ensureLabels(
  tx: Db,
  repositoryId: number,
  names: readonly string[],
): Promise<{ readonly labels: readonly Label[]; readonly created: readonly Label[] }> {
  const byKey = new Map<string, string>()
  for (const name of names) if (!byKey.has(keyOf(name))) byKey.set(keyOf(name), name)
  const known = await findLabels(tx, repositoryId, [...byKey.keys()])
  const labels: Label[] = []
  const created: Label[] = []
  for (const [key, name] of byKey) {
    const label = known.get(key)
    labels.push(
      label ?? (await createLabel(tx, repositoryId, { name, color: COLOR_DEFAULT, description: null })),
    )
    if (!label) created.push(...labels.slice(-1))
  }
  return { labels, created }
}

export async function findLabel(db: Db, repositoryId: number, name: string): Promise<Label | undefined> {
  return (await findLabels(db, repositoryId, [keyOf(name)])).get(keyOf(name))
}

/** In the order of their names. */
export async function listLabels(db: Db, repositoryId: number, page: Page): Promise<Label[]> {
  const rows = await db
    .selectFrom('labels')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .orderBy('name_key')
    .limit(page.perPage)
    .offset(offsetOf(page))
    .execute()
  return rows.map(labelOf)
}

export async function countLabels(db: Db, repositoryId: number): Promise<number> {
  const { count } = await db
    .selectFrom('labels')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('repository_id', '=', repositoryId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Throws `validation_failed` when the repository has another one of the new name. */
export async function updateLabel(
  tx: Db,
  repositoryId: number,
  label: Label,
  changes: LabelChanges,
): Promise<Label> {
  if (changes.name !== undefined) {
    const taken = await findLabel(tx, repositoryId, changes.name)
    if (taken && taken.id !== label.id) throw nameTaken()
  }
  const row = await tx
    .updateTable('labels')
    .set({ ...changes, ...(changes.name !== undefined && { name_key: keyOf(changes.name) }) })
    .where('id', '=', label.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  return labelOf(row)
}

/** It is gone from all issues, too. */
export async function deleteLabel(tx: Db, id: number): Promise<void> {
  await tx.deleteFrom('labels').where('id', '=', id).execute()
}

export function labelOf(row: Selectable<LabelTable>): Label {
  return {
    id: row.id,
    name: row.name,
    color: row.color,
    description: row.description,
    default: row.is_default === 1,
  }
}

async function findLabels(
  db: Db,
  repositoryId: number,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Label>> {
  if (keys.length === 0) return new Map()
  const rows = await db
    .selectFrom('labels')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .where('name_key', 'in', keys)
    .execute()
  return new Map(rows.map(row => [row.name_key, labelOf(row)]))
}

function nameTaken() {
  return validationFailed({ resource: 'Label', code: 'already_exists', field: 'name' })
}

function keyOf(name: string): string {
  return name.toLowerCase()
}
