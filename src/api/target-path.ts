// What belongs to a repository or to an organization as a whole, beside its hooks.
import type { HookFamily } from './hook-family.ts'

/** `/repos/:owner/:repo` or `/orgs/:org`. */
export function targetPath({ path }: HookFamily): string {
  return path.replace(/\/hooks$/, '')
}
