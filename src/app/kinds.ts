// The kinds of values that a setting can have: how each is read from a text, and how a refusal
// says what was expected.
import { isIP } from 'node:net'
import { isLogin } from '../account.ts'
import { LOG_LEVELS } from '../base/log.ts'
import { parseNetwork } from '../egress/address.ts'
import { AppError } from '../errors.ts'
import { isForwarderName } from '../forwarder.ts'
import { isRepositoryName } from '../repository.ts'
import { Secret } from '../secret.ts'
import { isTunnelName } from '../tunnel-name.ts'

export type Kind<Value> = {
  /** What stands behind the flag in the usage; a switch has nothing there. */
  readonly placeholder: string | null
  /** Finishes the sentence "--port "x" is not …", the remedy included. */
  readonly expects: string
  readonly secret?: true
  /** May be given several times; with commas as well, unless each is a text of its own, in lines. */
  readonly many?: true | 'lines'
  read(text: string): Value | undefined
}

export const PORT: Kind<number> = {
  placeholder: 'PORT',
  expects: 'a port: give a number from 0 to 65535.',
  read: text => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined),
}

/** Up to a hundred years. */
export const DAYS: Kind<number> = {
  placeholder: 'DAYS',
  expects: 'a number of days: give a whole number from 1 to 36500.',
  read: text => (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 36_500 ? Number(text) : undefined),
}

/** Null for none. */
export const RATE: Kind<number | null> = {
  placeholder: 'REQUESTS',
  expects: 'a limit: give a whole number of requests an hour, up to 999999999, or off for none.',
  read: text => (text === 'off' ? null : /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined),
}

export const HOST: Kind<string> = {
  placeholder: 'HOST',
  expects: 'an address of this machine: give one such as 127.0.0.1, ::1, or 0.0.0.0 for all of them.',
  read: text => (isIP(text) !== 0 || /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i.test(text) ? text : undefined),
}

export const FOLDER: Kind<string> = {
  placeholder: 'FOLDER',
  expects: 'a folder: give its path.',
  read: nonEmpty,
}

export const FILE: Kind<string> = { placeholder: 'FILE', expects: 'a file: give its path.', read: nonEmpty }

export const PATH: Kind<string> = {
  placeholder: 'PATH',
  expects: 'a path: give one that begins with a slash, such as /payload.',
  read: text => (/^\/[\w\-./~]*$/.test(text) ? text : undefined),
}

/** Without the final slash, so that paths can be put behind it. */
export const URL_BASE: Kind<string> = {
  placeholder: 'URL',
  expects: 'a base address: give one such as https://hooks.example.com, with no user, query or fragment.',
  read(text) {
    const url = URL.parse(text)
    if (!url || !['http:', 'https:'].includes(url.protocol)) return undefined
    if (url.username || url.password || url.search || url.hash) return undefined
    return (url.origin + url.pathname).replace(/\/+$/, '')
  },
}

/** Where on this machine, or near it, something is posted to. */
export const LOCAL_URL: Kind<string> = {
  placeholder: 'URL',
  expects: 'an address: give one such as http://localhost:4567/payload, with no user in it.',
  read(text) {
    const url = URL.parse(text)
    const isOne = url && ['http:', 'https:'].includes(url.protocol) && !url.username && !url.password
    return isOne ? text : undefined
  },
}

export const EVENTS: Kind<readonly string[]> = {
  placeholder: 'EVENTS',
  expects: 'a list of events: give names such as issues,push or * for all.',
  many: true,
  read(text) {
    const names = text.split(',').map(name => name.trim())
    return names.every(name => /^(?:\*|[\w.-]{1,100})$/.test(name)) ? names : undefined
  },
}

export const FORWARDER_NAME: Kind<string> = {
  placeholder: 'NAME',
  expects: 'a name: give 1 to 64 letters, digits, underscores, dots or hyphens.',
  read: text => (isForwarderName(text) ? text : undefined),
}

export const NETWORKS: Kind<readonly string[]> = {
  placeholder: 'CIDR',
  expects: 'a network: give one by its first address, such as 10.0.0.0/8 or fd00::/8.',
  many: true,
  read(text) {
    const networks = text.split(',').map(network => network.trim())
    return networks.every(isNetwork) ? networks : undefined
  },
}

export const LEVEL: Kind<(typeof LOG_LEVELS)[number]> = {
  placeholder: 'LEVEL',
  expects: `a level: give one of ${LOG_LEVELS.join(', ')}.`,
  read: text => LOG_LEVELS.find(level => level === text),
}

export const SWITCH: Kind<boolean> = {
  placeholder: null,
  expects: 'a switch: give true or false.',
  read: text =>
    text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : undefined,
}

export const SECRET: Kind<Secret> = {
  placeholder: 'SECRET',
  expects: 'a secret: give a text that is not empty.',
  secret: true,
  read: text => (text === '' ? undefined : new Secret(text)),
}

/** It travels in a header: RFC 9110, 5.5 allows these characters there without doubt. */
export const TOKEN: Kind<Secret> = {
  placeholder: 'TOKEN',
  expects: 'a token: give letters, digits and signs of ASCII, without blanks.',
  secret: true,
  read: text => (/^[!-~]+$/.test(text) ? new Secret(text) : undefined),
}

export const REPOSITORY: Kind<string> = {
  placeholder: 'OWNER/REPO',
  expects: 'a repository: give its owner and name, such as octocat/hello-world.',
  read(text) {
    const [owner = '', name = '', ...rest] = text.split('/')
    return isLogin(owner) && isRepositoryName(name) && rest.length === 0 ? text : undefined
  },
}

export const ORGANIZATION: Kind<string> = {
  placeholder: 'ORG',
  expects: 'an organization: give its name, such as octo-org.',
  read: text => (isLogin(text) ? text : undefined),
}

/** GitHub's, and a team's own, which has a dot. */
export const EVENT: Kind<string> = {
  placeholder: 'EVENT',
  expects: 'an event: give a name such as issues. hookline trigger --list has them all.',
  read: text => (/^[a-z][a-z\d_.]{0,99}$/.test(text) ? text : undefined),
}

export const ACTION: Kind<string> = {
  placeholder: 'ACTION',
  expects: 'an action: give a word such as opened.',
  read: text => (/^[\w.:-]{1,255}$/.test(text) ? text : undefined),
}

export type Assignment = { readonly path: readonly (string | number)[]; readonly value: unknown }

/** A value that is JSON is that; any other is a text. */
export const ASSIGNMENTS: Kind<readonly Assignment[]> = {
  placeholder: 'PATH=VALUE',
  expects: 'a field and its value: give such as issue.title=Hello or issue.labels[0].name=bug.',
  many: 'lines',
  read(text) {
    const read = text.split('\n').map(readAssignment)
    return read.every(assignment => assignment !== undefined) ? read : undefined
  },
}

export const SECONDS: Kind<number> = {
  placeholder: 'SECONDS',
  expects: 'a number of seconds: give a whole number from 1 to 86400.',
  read: text => (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 86_400 ? Number(text) : undefined),
}

export type LocalAddress = { readonly host: string; readonly port: number }

export const LOCAL: Kind<LocalAddress> = {
  placeholder: 'PORT',
  expects: 'a port of this machine: give one such as 4567, or a host with it, such as 192.168.1.7:4567.',
  read(text) {
    const [, host = '127.0.0.1', port = ''] = /^(?:([\w.-]+|\[[\da-f:.]+\]):)?(\d{1,5})$/i.exec(text) ?? []
    if (Number(port) < 1 || Number(port) > 65_535) return undefined
    return { host: host === 'localhost' ? '127.0.0.1' : host.replace(/[[\]]/g, ''), port: Number(port) }
  },
}

/** Null for none. */
export const PORT_OR_OFF: Kind<number | null> = {
  placeholder: 'PORT',
  expects: 'a port: give a number from 0 to 65535, or off for none.',
  read: text => (text === 'off' ? null : PORT.read(text)),
}

export const LABEL: Kind<string> = {
  placeholder: 'NAME',
  expects: 'a name: give 1 to 63 of a-z, 0-9 and inner hyphens.',
  read: text => (isTunnelName(text) ? text : undefined),
}

export const DOMAIN: Kind<string> = {
  placeholder: 'HOST',
  expects: 'a host name: give one such as tunnels.example.com.',
  read: text => (/^[a-z\d]([a-z\d.-]*[a-z\d])?$/.test(text) ? text : undefined),
}

export const COUNT: Kind<number> = {
  placeholder: 'COUNT',
  expects: 'a number: give a whole number from 1 to 100000.',
  read: text => (/^[1-9]\d{0,5}$/.test(text) && Number(text) <= 100_000 ? Number(text) : undefined),
}

export const CREDENTIALS: Kind<Secret> = {
  placeholder: 'USER:PASSWORD',
  expects: 'a user name and a password: give them with a colon between them.',
  secret: true,
  read: text => (/^[^:]+:.+$/.test(text) ? new Secret(text) : undefined),
}

export const HEADER_TEXT: Kind<string> = {
  placeholder: 'HOST',
  expects: 'a host for the header: give a name such as app.test, or rewrite for that of PORT.',
  read: text => (/^[\w.:[\]-]{1,255}$/.test(text) ? text : undefined),
}

export const DATABASE: Kind<null> = {
  placeholder: 'URL',
  expects:
    'of use yet: this version has the embedded store alone. Leave it out, and choose a folder with --data.',
  // It holds the database's password.
  secret: true,
  read: () => undefined,
}

function nonEmpty(text: string): string | undefined {
  return text === '' || text.includes('\0') ? undefined : text
}

function readAssignment(text: string): Assignment | undefined {
  const [, path = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (!/^[\w-]+(\.[\w-]+|\[\d{1,6}\])*$/.test(path)) return undefined
  const steps = path.split(/[.[]/).map(step => (step.endsWith(']') ? Number(step.slice(0, -1)) : step))
  return { path: steps, value: readValue(value) }
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function isNetwork(text: string): boolean {
  try {
    return parseNetwork(text) !== undefined
  } catch (error) {
    if (error instanceof AppError) return false
    throw error
  }
}
