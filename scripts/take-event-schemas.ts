// Writes the schemas that the publish call checks payloads against, as the program holds them. Run it again
// after an upgrade of `@octokit/openapi-webhooks`: `node scripts/take-event-schemas.ts`.
import { writeFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'
import { makeEventSchemas } from './event-schemas.ts'

const TARGET = new URL('../src/github/event-schemas.json.br', import.meta.url)

const schemas = makeEventSchemas()
const text = JSON.stringify(schemas)
const bytes = brotliCompressSync(text, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: text.length,
  },
})
writeFileSync(TARGET, bytes)
const payloads = Object.values(schemas.events).flatMap(actions => Object.keys(actions)).length
console.log(
  `${payloads} payloads, ${schemas.shapes.length} shapes, ${text.length} bytes, ${bytes.length} compressed`,
)
