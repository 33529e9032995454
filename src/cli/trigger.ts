// `hookline trigger`: one of GitHub's events, as if it happened in a repository here, by the same way that a forge
// publishes its own. Then what became of it for each webhook, as it comes.
import { styleText } from 'node:util'
import { type ConfigOf, readConfig, TRIGGER_SETTINGS } from '../app/config.ts'
import { isObject } from '../base/is-object.ts'
import { AppError } from '../errors.ts'
import { type EventExamples, readEventExamples } from '../github/event-examples.ts'
import { ApiClient } from './api-client.ts'
import { UsageError } from './arguments.ts'
import type { Command } from './command.ts'
import { serverAccess } from './server-access.ts'
import { lineOf, type Shown, watchOutcomes } from './trigger/outcome.ts'
import { assign, type Chosen, choose, examplePayload, filePayload, type Place } from './trigger/payload.ts'

export const trigger: Command = {
  name: 'trigger',
  summary: 'one of GitHub’s events, as if it happened, and what became of it',
  settings: TRIGGER_SETTINGS,
  argument: 'event',
  examples: [
    {
      line: 'hookline trigger issues --action opened --repo octocat/hello-world',
      says: 'GitHub’s own example, fitted to that repository.',
    },
    {
      line: 'hookline trigger issues --repo octocat/hello-world --set issue.title="It broke"',
      says: 'With a field of its payload changed.',
    },
    {
      line: 'hookline trigger push --repo octocat/hello-world --payload push.json',
      says: 'A payload of yours.',
    },
    { line: 'hookline trigger issues --list', says: 'The actions of that event; without it, all events.' },
  ],
  async run(flags, signal) {
    const config = readConfig(TRIGGER_SETTINGS, flags)
    if (config.list) return list(config)
    const { event } = config
    if (event === null) throw new UsageError('Which event? hookline trigger --list has them all.', trigger)
    await fire({ ...config, event }, signal)
  },
}

type Config = ConfigOf<typeof TRIGGER_SETTINGS>
type Firing = Config & { readonly event: string }

type Accepted = { readonly id: number; readonly guid: string; readonly deliveries: number }

function list({ event, json }: Config): void {
  const examples = readEventExamples()
  const events = event === null ? examples.events : [event]
  for (const name of events) {
    const { actions } = { actions: event === null ? examples.actionsOf(name) : actionsOf(examples, name) }
    if (json) console.log(JSON.stringify({ event: name, actions }))
    else if (event !== null) console.log(actions?.join('\n') || `${name} has no actions.`)
    else console.log(`${styleText('bold', name)}${actions?.length ? `  ${actions.join(' ')}` : ''}`)
  }
}

function actionsOf(examples: EventExamples, event: string): readonly string[] {
  choose(examples, event, null)
  return examples.actionsOf(event) ?? []
}

async function fire(config: Firing, signal: AbortSignal): Promise<void> {
  const place = placeOf(config)
  const api = new ApiClient(serverAccess(config), signal)
  const { chosen, payload } = await prepare(config, place, api)
  const path = `${place.path}/events${config.validate ? '' : '?validate=false'}`
  const accepted = (await api.post(path, publication(chosen, payload))) as Accepted
  tellAccepted(accepted, chosen, config)
  const show = (shown: Shown) => console.log(config.json ? JSON.stringify(shown) : `  ${lineOf(shown)}`)
  const watching = { api, place, waitMs: config.wait * 1000, signal }
  const { shown, left } = await watchOutcomes(accepted.id, watching, show)
  judge(shown, left, config)
}

function placeOf({ repo, org }: Config): Place {
  if (repo !== null && org !== null) throw new UsageError('Give --repo or --org, not both.', trigger)
  if (repo !== null) return { kind: 'repository', path: `/repos/${repo}` }
  if (org !== null) return { kind: 'organization', path: `/orgs/${org}` }
  throw new UsageError('Where does it happen? Give --repo OWNER/REPO or --org ORG.', trigger)
}

type Prepared = { readonly chosen: Chosen; readonly payload: Uint8Array }

async function prepare(config: Firing, place: Place, api: ApiClient): Promise<Prepared> {
  const { event, action, payload: file, set } = config
  if (file === null) {
    const examples = readEventExamples()
    const chosen = choose(examples, event, action)
    const example = await examplePayload(examples, chosen, place, api, Date.now())
    return { chosen, payload: Buffer.from(JSON.stringify(assign(example, set))) }
  }
  const bytes = await filePayload(file)
  if (set.length === 0) return { chosen: { event, action }, payload: bytes }
  return { chosen: { event, action }, payload: Buffer.from(JSON.stringify(assign(parse(bytes, file), set))) }
}

function parse(bytes: Uint8Array, file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString())
    if (isObject(value)) return value
  } catch {
    // Said below.
  }
  throw new AppError(
    'misconfigured',
    `--payload ${file} is not a JSON object, and --set has nothing to change.`,
  )
}

/** Around the payload's own bytes, which the server cuts out again as they are. */
function publication({ event, action }: Chosen, payload: Uint8Array): Uint8Array {
  const head = `{"event":${JSON.stringify(event)},${action === null ? '' : `"action":${JSON.stringify(action)},`}"payload":`
  return Buffer.concat([Buffer.from(head), payload, Buffer.from('}')])
}

function tellAccepted({ id, guid, deliveries }: Accepted, { event, action }: Chosen, { json }: Config): void {
  if (json) {
    console.log(JSON.stringify({ event, action, id, guid, deliveries }))
    return
  }
  const what = styleText('bold', action === null ? event : `${event} ${action}`)
  const count =
    deliveries === 0 ? 'no delivery' : deliveries === 1 ? '1 delivery' : `${deliveries} deliveries`
  console.log(`${what}  ${styleText('dim', guid)}  ${count}`)
}

/** Throws when something was to be delivered and was not: scripts rely on the exit code. */
function judge(shown: readonly Shown[], left: number, { wait }: Config): void {
  const failed = shown.filter(
    ({ state, status_code }) => status_code !== null && state !== 'delivered',
  ).length
  if (failed > 0) throw new AppError('conflict', `${failed} of ${shown.length + left} deliveries failed.`)
  if (left > 0) throw new AppError('unavailable', `${left} deliveries were not attempted within ${wait} s.`)
  if (shown.length === 0) console.error('No webhook of it asks for this event.')
}
