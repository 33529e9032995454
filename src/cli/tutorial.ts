// `hookline tutorial`: the founding tutorial on one machine. Server, tunnel and receiver run in this one
// process and know each other by HTTP alone; the reader is left to open an issue.
import { join } from 'node:path'
import { styleText } from 'node:util'
import { type App, startApp } from '../app/app.ts'
import { readConfig, TUTORIAL_SETTINGS, type TutorialConfig } from '../app/config.ts'
import { readVersion } from '../app/version.ts'
import { Secret } from '../secret.ts'
import { type Command, untilStopped } from './command.ts'
import { openReceiver, type Receiver } from './receiver.ts'
import { type Notes, readNotes, writeNotes } from './tutorial/notes.ts'
import { REPOSITORY, setUp } from './tutorial/setup.ts'
import { openTunnel } from './tutorial/tunnel.ts'
import { latestDeliveries, watch } from './tutorial/watch.ts'

const HOST = '127.0.0.1'
const PATH = '/payload'
// Where the receiver is. Everywhere else webhooks may not reach this machine.
const LOOPBACK = ['127.0.0.0/8', '::1/128']

export const tutorial: Command = {
  name: 'tutorial',
  summary: 'server, tunnel, receiver and a webhook, ready for a first issue',
  settings: TUTORIAL_SETTINGS,
  examples: [
    {
      line: 'hookline tutorial',
      says: 'Then open an issue with the line that it prints. `npm start` is the same.',
    },
    { line: 'hookline tutorial --port 0 --receiver-port 0', says: 'On any two free ports.' },
  ],
  async run(flags, signal) {
    const config = readConfig(TUTORIAL_SETTINGS, flags)
    const notes = readNotes(config.data)
    const app = await startServer(config, notes)
    try {
      writeNotes(config.data, notes)
      const receiver = await receive(config, notes)
      try {
        await run({ config, notes, app, receiver, signal })
      } finally {
        await receiver.close()
      }
    } finally {
      await app.stop()
    }
  },
}

type Running = {
  readonly config: TutorialConfig
  readonly notes: Notes
  readonly app: App
  readonly receiver: Receiver
  readonly signal: AbortSignal
}

async function run({ config, notes, app, receiver, signal }: Running): Promise<void> {
  const say = (line: string) => console.log(`  ${line}`)
  const places = { server: app.url, folder: config.data }
  const { api, token, hook } = await setUp(notes, adminToken(config, notes).reveal(), places, signal)
  const { hostname: host, port } = new URL(receiver.url)
  const local = { host, port: Number(port) }
  // Whatever else ends, the tunnel ends before the server does.
  const ending = new AbortController()
  const wanted = { server: app.url, token: new Secret(token), name: notes.tunnelName, local, say }
  const tunnel = await openTunnel(wanted, AbortSignal.any([signal, ending.signal]))
  try {
    const payloadUrl = tunnel.url + PATH
    const hookId = await hook(payloadUrl, tunnel.name)
    const watched = { api, hookId, receiver: receiver.url }
    // A webhook that was made just now has its ping to show.
    const known = hookId === notes.hookId ? await latestDeliveries(watched) : new Set<number>()

    const forwarding = `${tunnel.url} -> ${host}:${port}`
    console.log(introduction({ server: app.url, receiver: receiver.url, forwarding, payloadUrl, token }))
    await Promise.all([untilStopped(signal), watch(watched, known, say, signal), tunnel.ended])
  } finally {
    ending.abort()
    await tunnel.ended.catch(() => {})
  }
}

function startServer(config: TutorialConfig, notes: Notes): Promise<App> {
  return startApp({
    port: config.port,
    host: HOST,
    data: config.data,
    baseUrl: null,
    allowNetwork: LOOPBACK,
    allowPrivateNetworks: false,
    trustProxy: [],
    // Its reader is alone with it, and may well try a loop.
    rateLimit: null,
    logLevel: 'warn',
    adminToken: adminToken(config, notes),
  })
}

function adminToken(config: TutorialConfig, notes: Notes): Secret {
  return config.adminToken ?? new Secret(notes.adminToken)
}

// The log's lines are left out: what the receiver answered, and what it counts, is shown anyhow.
function receive({ receiverPort, data }: TutorialConfig, { secret }: Notes): Promise<Receiver> {
  const dataFile = join(data, 'receiver.db')
  const options = { port: receiverPort, host: HOST, path: PATH, secret, dataFile, log: () => {} }
  return openReceiver(options, '--receiver-port')
}

type Addresses = {
  readonly server: string
  readonly receiver: string
  readonly forwarding: string
  readonly payloadUrl: string
  readonly token: string
}

const NAME_WIDTH = 'Forwarding'.length

function introduction({ server, receiver, forwarding, payloadUrl, token }: Addresses): string {
  const issues = `${server}/repos/${REPOSITORY}/issues`
  const curl = `curl -H 'Authorization: token ${token}' ${issues} -d '{"title": "Found a bug"}'`
  const row = (name: string, text: string) => `  ${styleText('dim', name.padEnd(NAME_WIDTH))}  ${text}`
  return [
    '',
    `  ${styleText('bold', 'Hookline')} ${readVersion()}: GitHub’s webhooks, all on this machine`,
    '',
    row('Server', `${styleText('bold', server)}  the REST API and the settings pages, with ${REPOSITORY}`),
    row('', styleText('dim', 'its pages are signed in to with the token below')),
    row('Receiver', `${styleText('bold', receiver)}  its issues per day: open this page`),
    row('Forwarding', forwarding),
    row('', styleText('dim', 'a tunnel to the receiver, as hookline http opens one for a program of yours')),
    row('Webhook', `issues → ${payloadUrl}`),
    row(
      '',
      styleText('dim', 'webhooks may reach this machine here; elsewhere the Internet and tunnels alone'),
    ),
    '',
    `  ${styleText('bold', 'Open an issue:')}`,
    '',
    `  ${styleText('cyan', curl)}`,
    '',
    styleText('dim', '  Ctrl-C ends it, and the next start goes on from here.'),
    '',
  ].join('\n')
}
