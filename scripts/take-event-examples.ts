// Writes the example payloads that `hookline trigger` sends, as the program holds them. Run it again after an
// upgrade of `@octokit/webhooks-examples` or `@octokit/openapi-webhooks`: `node scripts/take-event-examples.ts`.
import { makeEventExamples } from './event-examples.ts'
import { writePacked } from './packed.ts'

const examples = makeEventExamples()
const count = Object.values(examples).flatMap(actions => Object.keys(actions)).length
console.log(`${count} payloads, ${writePacked('event-examples.json.br', examples)}`)
