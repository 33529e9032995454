// What the receiver reads in a webhook's payload or in an answer of the REST API. Both come from
// outside, so nothing is presumed of their shape: what is not as expected is null.

export type Repository = { readonly id: number; readonly name: string; readonly updatedAtMs: number }
export type Issue = { readonly id: number; readonly createdAtMs: number }

export function readRepository(value: unknown): Repository | null {
  const { id, full_name, updated_at } = members(value)
  const name = readText(full_name)
  if (!isId(id) || name === null) return null
  return { id, name, updatedAtMs: readTime(updated_at) ?? 0 }
}

export function readIssue(value: unknown): Issue | null {
  const { id, created_at } = members(value)
  const createdAtMs = readTime(created_at)
  return isId(id) && createdAtMs !== null ? { id, createdAtMs } : null
}

/** The REST API lists pull requests among the issues. */
export function isPullRequest(value: unknown): boolean {
  return members(value).pull_request !== undefined
}

/** Short, and without control characters: it is shown on a page and in a terminal. */
export function readText(value: unknown): string | null {
  return typeof value === 'string' ? value.replace(/\p{C}/gu, '').slice(0, 200) : null
}

/** The JSON object in the text, or null. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? members(value) : null
  } catch {
    return null
  }
}

function members(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? { ...value } : {}
}

function readTime(value: unknown): number | null {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isFinite(ms) ? ms : null
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
