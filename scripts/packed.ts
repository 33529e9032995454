// How what is taken from GitHub's packages lies in `src/github/`: JSON, compressed as far as it goes.
import { writeFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'

/** Tells the sizes. */
export function writePacked(name: string, value: unknown): string {
  const text = JSON.stringify(value)
  const bytes = brotliCompressSync(text, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
      [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
    },
  })
  writeFileSync(new URL(`../src/github/${name}`, import.meta.url), bytes)
  return `${text.length} bytes, ${bytes.length} compressed`
}
