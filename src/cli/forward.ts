// `hookline forward`: hands the webhooks of a repository or an organization to a program on this machine, without
// a public address. It speaks the protocol of `gh webhook forward`, with Hookline or with GitHub.
import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { styleText } from 'node:util'
import { FORWARD_SETTINGS, type ForwardConfig, readConfig } from '../app/config.ts'
import { UsageError } from './arguments.ts'
import type { Command } from './command.ts'
import type { Forwarded, Told } from './forward/forwarding.ts'
import type { MadeHook, Wanted } from './forward/hook.ts'
import { serverAccess } from './server-access.ts'
import { timeOf } from './time.ts'

// Looked into for the action alone: a payload beyond is not worth it.
const PARSED_BYTES_MAX = 1024 * 1024

export const forward: Command = {
  name: 'forward',
  summary: 'brings webhooks to a program on this machine, without a public address',
  settings: FORWARD_SETTINGS,
  examples: [
    {
      line: 'hookline forward --repo octocat/hello-world --events issues --url http://localhost:4567/payload',
      says: 'What happens while it does not run waits for it, and comes in order.',
    },
    {
      line: 'hookline forward --org octo-org --events issues,push',
      says: 'Prints the payloads.',
    },
    {
      line: 'HOOKLINE_TOKEN=… hookline forward --repo octocat/hello-world --events "*" --server https://api.github.com --url http://localhost:4567/payload',
      says: 'The same with GitHub.',
    },
  ],
  async run(flags, signal) {
    const config = readConfig(FORWARD_SETTINGS, flags)
    const wanted = wantedBy(config)
    // With its WebSocket, which no other command needs.
    const { forward: run } = await import('./forward/forwarding.ts')
    await run(
      { ...wanted, url: config.url, told: config.json ? inJson(config) : inWords(wanted, config) },
      signal,
    )
  },
}

function wantedBy(config: ForwardConfig): Wanted {
  const { repo, org, events, url, secret } = config
  if ((repo === null) === (org === null)) {
    throw new UsageError('Whose webhooks? Give one of --repo OWNER/REPO and --org LOGIN.', forward)
  }
  if (events.length === 0)
    throw new UsageError('Which events? Give --events, such as issues,push or *.', forward)
  const target =
    repo === null ? ({ kind: 'orgs', name: org ?? '' } as const) : ({ kind: 'repos', name: repo } as const)
  const name = config.name ?? nameOf([url ?? 'print', ...events.toSorted()])
  return { ...serverAccess(config), target, events, secret, name }
}

/** The same for the same command on the same machine; two that do different things are two. */
function nameOf(parts: readonly string[]): string {
  const machine = hostname()
    .replace(/[^\w.-]/g, '-')
    .slice(0, 40)
  return `${machine}-${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8)}`
}

/** An object a line, of what happens. */
function inJson({ url }: ForwardConfig): Told {
  const say = (what: object) => console.log(JSON.stringify(what))
  return {
    connected: hook => say({ kind: 'connected', hook: hook.url, remembers: hook.remembers }),
    cut: (reason, afterMs) => say({ kind: 'cut', reason, again_in_ms: afterMs }),
    forwarded: ({ guid, event, frame, answer, tookMs }) =>
      say({
        kind: 'forwarded',
        guid,
        event,
        action: actionOf(frame.body),
        status: answer.status,
        took_ms: tookMs,
        error: answer.failure,
        ...(url === null && { body: Buffer.from(frame.body).toString() }),
      }),
  }
}

function inWords(wanted: Wanted, { url }: ForwardConfig): Told {
  const talk = (text: string) => console.error(text)
  return {
    connected: hook => talk(connectedText(wanted, hook, url)),
    cut: (reason, afterMs) =>
      talk(
        styleText(
          'yellow',
          `The line is cut: ${reason}. Connecting again in ${(afterMs / 1000).toFixed(1)} s.`,
          {
            stream: process.stderr,
          },
        ),
      ),
    forwarded: forwarded => {
      if (url !== null) console.log(lineOf(forwarded))
      else {
        talk(lineOf(forwarded))
        process.stdout.write(forwarded.frame.body)
        process.stdout.write('\n')
      }
      const { failure } = forwarded.answer
      if (failure) talk(styleText('yellow', `  ${failure}`, { stream: process.stderr }))
    },
  }
}

function connectedText(
  { target, name, server }: Wanted,
  { remembers }: MadeHook,
  url: string | null,
): string {
  const what = `Forwarding webhooks of ${target.name} from ${server}${url === null ? '' : ` to ${url}`}`
  return remembers
    ? `${what}, as ${name}. What happens while this does not run waits, for up to three days.`
    : `${what}. What happens while this does not run is lost.`
}

function lineOf({ guid, event, frame, answer, tookMs }: Forwarded): string {
  const action = actionOf(frame.body)
  const colour = answer.status < 300 ? 'green' : 'red'
  return [
    styleText('dim', timeOf(new Date())),
    styleText(colour, String(answer.status)),
    `${event}${action === null ? '' : `.${action}`}`,
    styleText('dim', `${guid} ${tookMs} ms`),
  ].join('  ')
}

function actionOf(body: Uint8Array): string | null {
  if (body.length > PARSED_BYTES_MAX) return null
  try {
    const payload: unknown = JSON.parse(Buffer.from(body).toString())
    const action = (payload as { readonly action?: unknown } | null)?.action
    return typeof action === 'string' ? action : null
  } catch {
    return null
  }
}
