// Milestones; collaborators of repositories; which memberships are public; who is suspended; and what an
// organization and a token tell of themselves.
import type { ColumnTypes } from './migrate.ts'

export function peopleAndMilestones({ id, int }: ColumnTypes): string[] {
  return [
    `CREATE TABLE milestones (
       id ${id}, repository_id ${int} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
       number ${int} NOT NULL, title TEXT NOT NULL, description TEXT, state TEXT NOT NULL,
       creator_id ${int} NOT NULL REFERENCES accounts (id), open_issues ${int} NOT NULL,
       closed_issues ${int} NOT NULL, due_on ${int}, closed_at ${int}, created_at ${int} NOT NULL,
       updated_at ${int} NOT NULL, UNIQUE (repository_id, number), UNIQUE (repository_id, title))`,
    // The number of the last one.
    `ALTER TABLE repositories ADD COLUMN last_milestone ${int} NOT NULL DEFAULT 0`,
    `ALTER TABLE issues ADD COLUMN milestone_id ${int} REFERENCES milestones (id) ON DELETE SET NULL`,
    `CREATE INDEX issues_by_milestone ON issues (milestone_id) WHERE milestone_id IS NOT NULL`,

    `CREATE TABLE collaborators (
       repository_id ${int} NOT NULL REFERENCES repositories (id) ON DELETE CASCADE,
       user_id ${int} NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
       permission TEXT NOT NULL, created_at ${int} NOT NULL, PRIMARY KEY (repository_id, user_id))`,
    `CREATE INDEX collaborators_by_user ON collaborators (user_id, repository_id)`,

    // Whether the member shows strangers that they belong.
    `ALTER TABLE memberships ADD COLUMN is_public ${int} NOT NULL DEFAULT 0`,

    `ALTER TABLE accounts ADD COLUMN suspended_at ${int}`,
    // JSON of what only an organization's own page shows; null for nothing.
    `ALTER TABLE accounts ADD COLUMN profile TEXT`,

    // By it a person knows a token again whose text is not kept. Null for one of before.
    `ALTER TABLE tokens ADD COLUMN last_eight TEXT`,
    // Made by an administrator in the user's name.
    `ALTER TABLE tokens ADD COLUMN impersonation ${int} NOT NULL DEFAULT 0`,

    // When a user is deleted, what they wrote elsewhere goes to the ghost: it is looked for by its author.
    `CREATE INDEX issues_by_author ON issues (user_id)`,
    `CREATE INDEX issues_by_closer ON issues (closed_by_id) WHERE closed_by_id IS NOT NULL`,
    `CREATE INDEX issue_assignees_by_user ON issue_assignees (user_id)`,
    `CREATE INDEX comments_by_author ON comments (user_id)`,
    `CREATE INDEX milestones_by_creator ON milestones (creator_id)`,
  ]
}
