// What clients send to create or change a hook, read into our words. The route has checked the
// form of the body; here is its sense, and all of its faults are told in one answer. Whether the
// address may be dialled, twenty hooks and duplicates are somebody else's question.
import { customItem, type ErrorItem, refuse } from '../errors.ts'
import { isSubscribable } from '../event.ts'
import { FORWARDER_HOOK_NAME, hookName, isForwarderName } from '../forwarder.ts'
import {
  type ContentType,
  type Hook,
  type HookConfig,
  normaliseEvents,
  type TargetKind,
  WILDCARD,
} from '../hook.ts'
import { MASK, Secret } from '../secret.ts'

/** The values are unknown on purpose: GitHub takes 0 and "0", and names each key that it does not know. */
export type ConfigBody = Readonly<Record<string, unknown>>

export type HookBody = {
  readonly name?: string
  readonly config?: ConfigBody
  readonly events?: readonly string[]
  readonly add_events?: readonly string[]
  readonly remove_events?: readonly string[]
  readonly active?: boolean
  /** Ours: by which name a forwarder comes back to the same hook. */
  readonly forwarder?: string
}

/** What a hook is to be. */
export type HookDraft = Pick<Hook, 'active' | 'events' | 'config'>

// For an account that has registered no names of its own.
const NO_EVENT_TYPES: ReadonlySet<string> = new Set()

const DEFAULT_EVENTS = ['push']
const DEFAULT_SITE_EVENTS = ['user', 'organization']

// GitHub names no limit. Each attempt's row keeps the address, so it needs one; 2,048 is what
// many clients stop at anyway.
const URL_LENGTH_MAX = 2048

// GitHub names no limit here either. HMAC hashes a key of more than 64 bytes before it uses it, so a
// longer one adds no strength.
const SECRET_LENGTH_MAX = 1024

// A body of 1 MB can have 100,000 keys.
const UNKNOWN_KEYS_TOLD_MAX = 10
const KEY_LENGTH_TOLD_MAX = 100

/** POST …/hooks. A repository's hook is `web` unasked; any other has to be named. */
export function readNewHook(body: HookBody, target: TargetKind, ownEvents = NO_EVENT_TYPES): HookDraft {
  const faults = [...nameFaults(body.name, target !== 'repository')]
  const sent = body.config ?? {}
  const config = readConfig(target !== 'repository' ? withoutLogin(sent) : sent, NO_CONFIG, faults)
  const events = body.events ?? (target === 'site' ? DEFAULT_SITE_EVENTS : DEFAULT_EVENTS)
  faults.push(...hookEventFaults(events, target, ownEvents))
  refuse(faults)
  return { active: body.active ?? true, events: normaliseEvents(events), config }
}

/** Whether a forwarder makes this hook for itself. */
export function isForwarderBody({ name }: HookBody, target: TargetKind): boolean {
  return name === FORWARDER_HOOK_NAME && (target === 'repository' || target === 'organization')
}

/** POST …/hooks of a forwarder. It has no URL, since it comes to us; GitHub's sends an empty one. */
export function readNewForwarder(
  body: HookBody,
  target: TargetKind,
  ownEvents = NO_EVENT_TYPES,
): HookDraft & { readonly name: string | null } {
  const { forwarder: name = null, config: sent = {} } = body
  const faults = name === null || isForwarderName(name) ? [] : [BAD_FORWARDER]
  const config = readForwarderConfig(target === 'organization' ? withoutLogin(sent) : sent, NO_CONFIG, faults)
  const events = body.events ?? DEFAULT_EVENTS
  faults.push(...hookEventFaults(events, target, ownEvents))
  refuse(faults)
  return { name, active: body.active ?? true, events: normaliseEvents(events), config }
}

/** PATCH …/hooks/{id}. A `config` replaces the old one whole: a secret left out is a secret removed. */
export function readHookChange(body: HookBody, hook: Hook, ownEvents = NO_EVENT_TYPES): HookDraft {
  const faults = [...nameFaults(body.name, false, hookName(hook))]
  const read = hook.forwarder ? readForwarderConfig : readConfig
  const config = body.config ? read(body.config, NO_CONFIG, faults) : hook.config
  const events = changedEvents(body, hook.events)
  faults.push(...changedEventFaults(body, events, hook.target.kind, ownEvents))
  // An App's, which was never given one.
  const isWithoutUrl = config.url === '' && !hook.forwarder
  if (body.active === true && body.config === undefined && isWithoutUrl) faults.push(NO_URL)
  refuse(faults)
  return { active: body.active ?? hook.active, events, config }
}

/** PATCH …/hooks/{id}/config. What is left out stays as it is. */
export function readConfigChange(body: ConfigBody, current: HookConfig, isForwarder = false): HookConfig {
  const faults: ErrorItem[] = []
  const config = (isForwarder ? readForwarderConfig : readConfig)(body, current, faults)
  // An App's hook need not have a URL yet.
  const isWithoutUrl = current.url === '' && body.url === undefined
  refuse(isWithoutUrl ? faults.filter(fault => fault !== NO_URL) : faults)
  return config
}

/** What is wrong with asking for these events on such a target: at most one item, as GitHub has it. */
export function hookEventFaults(
  events: readonly string[],
  target: TargetKind,
  ownEvents = NO_EVENT_TYPES,
): readonly ErrorItem[] {
  // An App may hear of its installations alone.
  return events.length === 0 && target !== 'app' ? [NO_EVENTS] : disallowed(events, target, ownEvents)
}

/** What is wrong with a secret. The mask, sent back, would replace a secret with eight asterisks. */
export function secretFaults(text: string): readonly ErrorItem[] {
  if (text === MASK) return [MASKED_SECRET]
  return text.length > SECRET_LENGTH_MAX ? [LONG_SECRET] : []
}

const MISSING_NAME: ErrorItem = { resource: 'Hook', code: 'missing_field', field: 'name' }
const NOT_WEB: ErrorItem = { resource: 'Hook', code: 'invalid', field: 'name' }
const NO_EVENTS = customItem('Hook', 'events must name at least one event', 'events')
const NO_URL = customItem('Hook', 'Config must contain URL for webhooks')
const BAD_URL = customItem(
  'Hook',
  "The URL you've entered is not valid. Please make sure that you encode all special characters first",
)
const LONG_URL = customItem('Hook', `url is too long (maximum is ${URL_LENGTH_MAX} characters)`, 'url')
const BAD_CONTENT_TYPE = customItem('Hook', 'content_type must be "json" or "form"', 'content_type')
const BAD_INSECURE_SSL = customItem('Hook', 'insecure_ssl must be "0" or "1"', 'insecure_ssl')
const BAD_SECRET = customItem('Hook', 'secret must be a string', 'secret')
const LONG_SECRET = customItem(
  'Hook',
  `secret is too long (maximum is ${SECRET_LENGTH_MAX} characters)`,
  'secret',
)
const MASKED_SECRET = customItem(
  'Hook',
  `secret must be the secret itself: "${MASK}" only stands for it in answers`,
  'secret',
)

const NO_URL_ALLOWED = customItem(
  'Hook',
  'url must be empty: a forwarder comes to fetch its deliveries',
  'url',
)
const BAD_FORWARDER = customItem(
  'Hook',
  'forwarder must be 1 to 64 letters, digits, underscores, dots or hyphens',
  'forwarder',
)

function nameFaults(name: string | undefined, required: boolean, expected = 'web'): readonly ErrorItem[] {
  if (name === undefined) return required ? [MISSING_NAME] : []
  return name === expected ? [] : [NOT_WEB]
}

/** GitHub does not say what wins when all three come; ours replaces, then adds, then removes. */
function changedEvents(body: HookBody, current: readonly string[]): readonly string[] {
  const wanted = normaliseEvents([...(body.events ?? current), ...(body.add_events ?? [])])
  return wanted.filter(name => !body.remove_events?.includes(name))
}

/** Only what was sent is judged: a hook may keep a name that was allowed when it was made. */
function changedEventFaults(
  body: HookBody,
  events: readonly string[],
  target: TargetKind,
  ownEvents: ReadonlySet<string>,
): readonly ErrorItem[] {
  if (events.length === 0) return hookEventFaults(events, target, ownEvents)
  return disallowed([...(body.events ?? []), ...(body.add_events ?? [])], target, ownEvents)
}

function disallowed(
  events: readonly string[],
  target: TargetKind,
  ownEvents: ReadonlySet<string>,
): readonly ErrorItem[] {
  const isAllowed = (name: string) => name === WILDCARD || isSubscribable(name, target) || ownEvents.has(name)
  const names = new Set(events.filter(name => !isAllowed(name)))
  return names.size === 0
    ? []
    : [customItem('Hook', `These events are not allowed for this hook: ${[...names].join(', ')}`)]
}

const NO_CONFIG: HookConfig = { url: '', contentType: 'form', secret: null, insecureSsl: false }

const CONFIG_KEYS: readonly string[] = ['url', 'content_type', 'secret', 'insecure_ssl']

/** Takes what was not sent from `otherwise`, and adds to `faults` what cannot be used. */
function readConfig(body: ConfigBody, otherwise: HookConfig, faults: ErrorItem[]): HookConfig {
  const { url = otherwise.url, content_type = otherwise.contentType, secret, insecure_ssl } = body
  const config = {
    url: readUrl(url, faults),
    contentType: readContentType(content_type, faults),
    secret: secret === undefined ? otherwise.secret : readSecret(secret, faults),
    insecureSsl: insecure_ssl === undefined ? otherwise.insecureSsl : readInsecureSsl(insecure_ssl, faults),
  }
  const unknown = Object.keys(body).filter(key => !CONFIG_KEYS.includes(key))
  for (const key of unknown.slice(0, UNKNOWN_KEYS_TOLD_MAX)) {
    faults.push(customItem('Hook', `Invalid config attribute: ${key.slice(0, KEY_LENGTH_TOLD_MAX)}`))
  }
  return config
}

/** The same without a URL. */
function readForwarderConfig(body: ConfigBody, otherwise: HookConfig, faults: ErrorItem[]): HookConfig {
  const found: ErrorItem[] = []
  const { url = '', ...rest } = body
  const config = readConfig({ ...rest, url }, otherwise, found)
  faults.push(...found.filter(fault => fault !== NO_URL))
  if (url !== '') faults.push(NO_URL_ALLOWED)
  return { ...config, url: '' }
}

/** GitHub's description allows these two here, without a word on what they would do. */
function withoutLogin({ username, password, ...rest }: ConfigBody): ConfigBody {
  return rest
}

// The characters that RFC 3986 allows unencoded, and the percent sign. A host must follow the two slashes:
// WHATWG reads `http:///a.example` as `http://a.example`, and other clients refuse it.
const WEB_URL = /^https?:\/\/(?![/?#])[\w.~:/?#[\]@!$&'()*+,;=%-]+$/i

function readUrl(sent: unknown, faults: ErrorItem[]): string {
  if (sent === '') faults.push(NO_URL)
  else if (typeof sent !== 'string' || !WEB_URL.test(sent) || !URL.canParse(sent)) faults.push(BAD_URL)
  else if (sent.length > URL_LENGTH_MAX) faults.push(LONG_URL)
  else return sent
  return ''
}

// In 2015 GitHub took `application/json` and echoed it; what it does today is not known. A refusal that
// names the two values is better than a value that only seems to work.
function readContentType(sent: unknown, faults: ErrorItem[]): ContentType {
  if (sent === 'json' || sent === 'form') return sent
  faults.push(BAD_CONTENT_TYPE)
  return 'form'
}

/** Empty text is no secret. */
function readSecret(sent: unknown, faults: ErrorItem[]): Secret | null {
  if (sent === '') return null
  const found = typeof sent === 'string' ? secretFaults(sent) : [BAD_SECRET]
  faults.push(...found)
  return typeof sent === 'string' && found.length === 0 ? new Secret(sent) : null
}

function readInsecureSsl(sent: unknown, faults: ErrorItem[]): boolean {
  if (sent === '1' || sent === 1) return true
  if (sent !== '0' && sent !== 0) faults.push(BAD_INSECURE_SSL)
  return false
}
