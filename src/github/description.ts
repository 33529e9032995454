// GitHub's own description of the operations that Hookline has, as `npm run describe` has taken it: 21 KB,
// unpacked anew for each reader (3 ms), since who reads it makes something else of it once.
import { readFileSync } from 'node:fs'
import { brotliDecompressSync } from 'node:zlib'

export type DescribedOperation = {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  /** GitHub's page about it. */
  readonly externalDocs: string
  readonly parameters?: readonly unknown[]
  readonly requestBody?: unknown
  readonly responses: Readonly<Record<string, unknown>>
}

/** In the form of OpenAPI 3.0, without its prose. */
export type DescriptionPart = {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export type Description = {
  /** Of `@octokit/openapi`. */
  readonly version: string
  /** The shape of every operation that GitHub has: `GET /repos/{}/{}/hooks`. */
  readonly offered: readonly string[]
  /** By their source: `api.github.com`, and what the Enterprise Server has alone. References are within a part. */
  readonly parts: Readonly<Record<string, DescriptionPart>>
}

export function readDescription(): Description {
  const bytes = readFileSync(new URL('description.json.br', import.meta.url))
  return JSON.parse(brotliDecompressSync(bytes).toString())
}
