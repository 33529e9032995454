// What the operator chose, read once: flags before environment before file before default. Each
// command has a table with a row for each setting; the usage and docs/commands.md tell the same
// rows. Nothing else of Hookline reads the environment.
import { readFileSync } from 'node:fs'
import { AppError } from '../errors.ts'
import {
  ACTION,
  ASSIGNMENTS,
  COUNT,
  CREDENTIALS,
  DATABASE,
  DAYS,
  DOMAIN,
  EVENT,
  EVENTS,
  FILE,
  FOLDER,
  FORWARDER_NAME,
  HEADER_TEXT,
  HOST,
  type Kind,
  LABEL,
  LEVEL,
  LOCAL,
  LOCAL_URL,
  NETWORKS,
  ORGANIZATION,
  PATH,
  PORT,
  PORT_OR_OFF,
  RATE,
  REPOSITORY,
  SECONDS,
  SECRET,
  SWITCH,
  TOKEN,
  URL_BASE,
} from './kinds.ts'

export type Setting<Value> = {
  readonly kind: Kind<unknown>
  readonly default: Value
  /** What it is for, and why the default is what it is. */
  readonly why: string
  /** Has no flag: other users of the machine can read a command line. */
  readonly environmentOnly: boolean
}

/** By name in camel case: `allowNetwork` is `--allow-network` and `HOOKLINE_ALLOW_NETWORK`. */
export type Settings = Readonly<Record<string, Setting<unknown>>>

export type ConfigOf<S extends Settings> = {
  readonly [Key in keyof S]: S[Key] extends Setting<infer Value> ? Value : never
}

export type Flags = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>
export type Environment = Readonly<Record<string, string | undefined>>

const CONFIG_FILE = setting(
  FILE,
  null,
  'JSON file with settings, named as the flags are without their dashes',
)

// Of the commands that speak to a server.
const SERVER_ACCESS = {
  server: setting(
    URL_BASE,
    null,
    'the server; else the one that runs with --data, else http://127.0.0.1:3000',
  ),
  token: setting(TOKEN, null, 'token of a user there; else the one that the server of --data has left'),
  data: setting(
    FOLDER,
    './data',
    'folder of a server on this machine, where its address and a token are found',
  ),
} as const

export const SERVE_SETTINGS = {
  port: setting(PORT, 3000, 'where the API and the settings pages are; 0 takes any free port'),
  host: setting(HOST, '127.0.0.1', 'address to listen on; nobody but this machine unless asked for'),
  data: setting(FOLDER, './data', 'folder of all that is remembered: back it up'),
  baseUrl: setting(
    URL_BASE,
    null,
    'address of links; else in answers the one by which a client came, in payloads the one listened on',
  ),
  databaseUrl: setting(DATABASE, null, 'not in this version yet: the store is embedded, in --data'),
  allowNetwork: setting(NETWORKS, [], 'network that webhooks may reach besides the public Internet'),
  allowPrivateNetworks: setting(SWITCH, false, 'let webhooks reach every private network'),
  keepAttemptsDays: setting(DAYS, 30, 'how long events and attempts are listed, once they are settled'),
  keepPayloadsDays: setting(
    DAYS,
    7,
    'how long their payloads and response bodies are kept: what can be redelivered, and most of the disk',
  ),
  trustProxy: setting(NETWORKS, [], 'proxy whose X-Forwarded-* headers are believed'),
  rateLimit: setting(
    RATE,
    5000,
    'requests an hour of each user, as on GitHub, and 60 of each address without a token; off for no limits',
  ),
  tunnelHost: setting(
    DOMAIN,
    'localhost',
    'host below which tunnels are found; of a domain of yours, *.HOST has to lead here',
  ),
  tunnelRequests: setting(COUNT, 250, 'requests that one tunnel may have under way at once'),
  tunnelRate: setting(COUNT, 50_000, 'requests that one tunnel may have within a second'),
  logLevel: setting(LEVEL, 'info', 'the least of what is logged, on standard error'),
  adminToken: environmentOnly(
    TOKEN,
    null,
    'token of the site administrator; else the first start prints one',
  ),
  config: CONFIG_FILE,
} as const satisfies Settings

export const TUTORIAL_SETTINGS = {
  port: setting(PORT, 3000, 'where the server is; 0 takes any free port'),
  receiverPort: setting(PORT, 4567, 'where the receiver is: the port of the founding tutorial'),
  data: setting(FOLDER, './data', 'folder of all that is remembered; the next run goes on from it'),
  adminToken: environmentOnly(TOKEN, null, 'token of the site administrator; else one is made'),
  config: CONFIG_FILE,
} as const satisfies Settings

export const RECEIVE_SETTINGS = {
  port: setting(PORT, 4567, 'where the page is and deliveries come; 0 takes any free port'),
  host: setting(HOST, '127.0.0.1', 'address to listen on; nobody but this machine unless asked for'),
  path: setting(PATH, '/payload', 'path of the deliveries, the end of a webhook’s URL'),
  secret: setting(SECRET, null, 'the webhook’s secret; without one every delivery is believed'),
  data: setting(FILE, './data/receiver.db', 'file of what is remembered'),
  backfill: setting(REPOSITORY, null, 'first count the issues that this repository has already'),
  server: setting(
    URL_BASE,
    'http://127.0.0.1:3000',
    'where --backfill asks; GitHub is https://api.github.com',
  ),
  token: setting(TOKEN, null, 'token that --backfill asks with; a public repository needs none'),
  config: CONFIG_FILE,
} as const satisfies Settings

export const BACKUP_SETTINGS = {
  file: setting(FILE, null, 'file to write, which must not be there yet; its keys go to FILE.key'),
  data: setting(FOLDER, './data', 'folder of the server, which may be running'),
  config: CONFIG_FILE,
} as const satisfies Settings

export const REKEY_SETTINGS = {
  data: setting(FOLDER, './data', 'folder of the server, which must be stopped'),
  config: CONFIG_FILE,
} as const satisfies Settings

export const FORWARD_SETTINGS = {
  repo: setting(REPOSITORY, null, 'the repository whose webhooks are forwarded'),
  org: setting(ORGANIZATION, null, 'the organization whose webhooks are forwarded, in place of --repo'),
  events: setting(EVENTS, [], 'the events, with commas between them; * is all'),
  url: setting(LOCAL_URL, null, 'where each is posted to; left out, payloads are printed'),
  secret: setting(SECRET, null, 'the webhook’s secret, which signs each'),
  name: setting(
    FORWARDER_NAME,
    null,
    'by which it is known when it comes back; else made of machine and flags',
  ),
  json: setting(SWITCH, false, 'a JSON object a line on standard output'),
  ...SERVER_ACCESS,
  config: CONFIG_FILE,
} as const satisfies Settings

export const HTTP_SETTINGS = {
  localPort: setting(LOCAL, null, 'the port of this machine that the tunnel leads to; or HOST:PORT'),
  subdomain: setting(LABEL, null, 'the name that its address begins with; else one is made up'),
  inspect: setting(PORT_OR_OFF, 4040, 'where the inspector is, on this machine; off for none'),
  basicAuth: setting(CREDENTIALS, null, 'what callers have to know; the local server does not see it'),
  allow: setting(NETWORKS, [], 'network that callers have to come from'),
  verifySignature: setting(SECRET, null, 'secret of the webhook; what is not signed with it is refused'),
  hostHeader: setting(
    HEADER_TEXT,
    null,
    'Host that the local server is told; rewrite is that of PORT; else the public one',
  ),
  timeout: setting(SECONDS, 100, 'how long the local server may take until it begins its answer'),
  json: setting(SWITCH, false, 'a JSON object a line on standard output'),
  ...SERVER_ACCESS,
  config: CONFIG_FILE,
} as const satisfies Settings

export const TRIGGER_SETTINGS = {
  event: setting(EVENT, null, 'the event, such as issues'),
  action: setting(ACTION, null, 'what of it happened, such as opened; left out, the most usual'),
  repo: setting(REPOSITORY, null, 'the repository in which it happens'),
  org: setting(ORGANIZATION, null, 'the organization in which it happens, in place of --repo'),
  set: setting(ASSIGNMENTS, [], 'a field of the payload that is to be another'),
  payload: setting(FILE, null, 'file with the payload, sent byte for byte; - is standard input'),
  validate: setting(SWITCH, true, 'have the server check the payload against GitHub’s schema'),
  list: setting(SWITCH, false, 'only list the events, or the actions of EVENT'),
  wait: setting(SECONDS, 35, 'how long to wait for the first attempt of each delivery'),
  json: setting(SWITCH, false, 'a JSON object a line on standard output'),
  ...SERVER_ACCESS,
  config: CONFIG_FILE,
} as const satisfies Settings

export type ServeConfig = ConfigOf<typeof SERVE_SETTINGS>
export type TutorialConfig = ConfigOf<typeof TUTORIAL_SETTINGS>
export type ReceiveConfig = ConfigOf<typeof RECEIVE_SETTINGS>
export type ForwardConfig = ConfigOf<typeof FORWARD_SETTINGS>

/** Shows the stack of an unexpected error. It is no setting: it must work when settings do not. */
export const DEBUG_VARIABLE = 'HOOKLINE_DEBUG'

export function isDebugging(env: Environment = process.env): boolean {
  return Boolean(env[DEBUG_VARIABLE])
}

/** The HTTP proxy that the environment names for this address; null for none, and for this machine. */
export function systemProxy(address: string, env: Environment = process.env): string | null {
  const { protocol, hostname } = new URL(address)
  const isLocal = hostname === 'localhost' || /^127\.|^\[::1\]$/.test(hostname)
  const exceptions = (env.no_proxy ?? env.NO_PROXY ?? '')
    .split(',')
    .map(name => name.trim().replace(/^\*?\./, ''))
  const isExcepted = exceptions.some(
    name => name === '*' || (name !== '' && (hostname === name || hostname.endsWith(`.${name}`))),
  )
  if (isLocal || isExcepted) return null
  const proxy = protocol === 'https:' ? env.https_proxy || env.HTTPS_PROXY : env.http_proxy || env.HTTP_PROXY
  if (!proxy) return null
  const url = URL.parse(proxy.includes('://') ? proxy : `http://${proxy}`)
  if (url?.protocol === 'http:') return url.href
  throw new AppError(
    'misconfigured',
    `The proxy for ${address} in the environment is not an HTTP proxy: give one such as http://proxy.example.com:3128, or name the server in NO_PROXY.`,
  )
}

export function flagOf(key: string): string {
  return key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
}

export function variableOf(key: string): string {
  return `HOOKLINE_${flagOf(key).replaceAll('-', '_').toUpperCase()}`
}

/** Throws `misconfigured`, naming the setting, its value unless it is a secret, and the remedy. */
export function readConfig<S extends Settings>(
  settings: S,
  flags: Flags,
  env: Environment = process.env,
): ConfigOf<S> {
  const file = readFile(settings, textOf(flags.config) ?? (env[variableOf('config')] || undefined))
  const entries = Object.entries(settings).map(([key, setting]) => {
    const given = find(key, setting, { flags, env, file })
    return [key, given ? readValue(setting.kind, given) : setting.default]
  })
  return Object.freeze(Object.fromEntries(entries)) as ConfigOf<S>
}

type Given = { readonly source: string; readonly text: string }
type Sources = { readonly flags: Flags; readonly env: Environment; readonly file: SettingsFile | undefined }

function find(
  key: string,
  { environmentOnly, kind }: Setting<unknown>,
  { flags, env, file }: Sources,
): Given | undefined {
  const flag = flagOf(key)
  const variable = variableOf(key)
  const flagText = environmentOnly ? undefined : textOf(flags[flag], kind)
  if (flagText !== undefined) return { source: `--${flag}`, text: flagText }
  // Compose files and unit files write `NAME=` for what is not set.
  const variableText = env[variable]
  if (variableText) return { source: variable, text: variableText }
  const fileText = textOf(file?.values[flag], kind)
  return fileText === undefined ? undefined : { source: `"${flag}" in ${file?.name}`, text: fileText }
}

function readValue(kind: Kind<unknown>, { source, text }: Given): unknown {
  const value = kind.read(text)
  if (value !== undefined) return value
  const shown = kind.secret ? '(its value is not shown)' : JSON.stringify(text)
  throw new AppError('misconfigured', `${source} ${shown} is not ${kind.expects}`)
}

type SettingsFile = { readonly name: string; readonly values: Readonly<Record<string, unknown>> }

function readFile(settings: Settings, name: string | undefined): SettingsFile | undefined {
  if (name === undefined) return undefined
  const values = parseFile(name)
  const known = Object.keys(settings).filter(key => key !== 'config' && !settings[key]?.environmentOnly)
  const flags = known.map(flagOf)
  for (const [key, value] of Object.entries(values)) {
    if (!flags.includes(key)) {
      throw new AppError(
        'misconfigured',
        `"${key}" in ${name} is not a setting of this command. Those of a file are ${flags.join(', ')}.`,
      )
    }
    if (textOf(value) === undefined) {
      throw new AppError(
        'misconfigured',
        `"${key}" in ${name} must be a text, a number, true, false, or a list.`,
      )
    }
  }
  return { name, values }
}

function parseFile(name: string): Record<string, unknown> {
  let text: string
  try {
    text = readFileSync(name, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new AppError(
      'misconfigured',
      `--config ${name} cannot be read (${code}). Give a file that is there.`,
      { cause },
    )
  }
  try {
    const values: unknown = JSON.parse(text)
    if (values !== null && typeof values === 'object' && !Array.isArray(values)) return { ...values }
  } catch {
    // Said below: the parser's own message may quote a secret.
  }
  throw new AppError('misconfigured', `--config ${name} is not a JSON object, such as {"port": 3000}.`)
}

/** Whatever way it was given, a value is read from a text; a list has commas, or lines. */
function textOf(value: unknown, kind?: Kind<unknown>): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) {
    return value.join(kind?.many === 'lines' ? '\n' : ',')
  }
  return undefined
}

function setting<Value, const Default>(
  kind: Kind<Value>,
  fallback: Default,
  why: string,
): Setting<Value | Default> {
  return { kind, default: fallback, why, environmentOnly: false }
}

function environmentOnly<Value, const Default>(
  kind: Kind<Value>,
  fallback: Default,
  why: string,
): Setting<Value | Default> {
  return { kind, default: fallback, why, environmentOnly: true }
}
