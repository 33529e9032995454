// What belongs as a whole to whoever has hooks, beside them.
import type { HookFamily } from './hook-family.ts'

/** `/repos/:owner/:repo`, `/orgs/:org`, `/admin`, `/app`, or what its owner calls an App. */
export function targetPath({ path }: HookFamily): string {
  return path.replace(/\/hooks?$/, '')
}
