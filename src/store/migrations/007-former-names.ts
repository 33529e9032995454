// Names that repositories once had: whoever still asks for one is led to where the repository is now.
import type { ColumnTypes } from './migrate.ts'

export function formerNames({ int }: ColumnTypes): string[] {
  return [
    `CREATE TABLE former_names (
       account_id ${int} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, name_key TEXT NOT NULL,
       repository_id ${int} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
       PRIMARY KEY (account_id, name_key))`,
    // They go with the repository, which is looked for by its id then.
    `CREATE INDEX former_names_by_repository ON former_names (repository_id)`,
  ]
}
