// What belongs as a whole to whoever has hooks, beside them.
import type { HookFamily } from './hook-family.ts'

/** `/repos/:owner/:repo`, `/orgs/:org`, `/admin` or `/app`. */
export function targetPath({ path }: HookFamily): string {
  return path.replace(/\/hooks?$/, '')
}
