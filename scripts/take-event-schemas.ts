// Writes the schemas that the publish call checks payloads against, as the program holds them. Run it again
// after an upgrade of `@octokit/openapi-webhooks`: `node scripts/take-event-schemas.ts`.
import { makeEventSchemas } from './event-schemas.ts'
import { writePacked } from './packed.ts'

const schemas = makeEventSchemas()
const payloads = Object.values(schemas.events).flatMap(actions => Object.keys(actions)).length
const sizes = writePacked('event-schemas.json.br', schemas)
console.log(`${payloads} payloads, ${schemas.shapes.length} shapes, ${sizes}`)
