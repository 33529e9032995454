// What may be done to an App: registered with its hook and its first key, changed, removed, given another
// key. A private key is made here, shown once, and forgotten.
import { createHash, createPublicKey, generateKeyPair, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { Account } from '../account.ts'
import { AppError, customItem, type ErrorItem, refuse } from '../errors.ts'
import { type ConfigBody, hookEventFaults, readConfigChange } from '../github/hook-body.ts'
import type { IntegrationSecrets } from '../github/integration.ts'
import type { Links } from '../github/links.ts'
import { isPermission } from '../github/permission.ts'
import { type HookConfig, normaliseEvents } from '../hook.ts'
import {
  type Integration,
  type IntegrationKey,
  NAME_LENGTH_MAX,
  type Permissions,
  slugOf,
} from '../integration.ts'
import { Secret } from '../secret.ts'
import { createHook, deleteHook, findHookOf } from '../store/hooks.ts'
import {
  addKey,
  changeIntegration,
  countIntegrations,
  createIntegration,
  deleteIntegration,
  findIntegration,
  listKeys,
} from '../store/integrations.ts'
import type { ApiContext } from './context.ts'
import { isWebAddress, tooLong } from './fields.ts'
import { changeHook, pingDraft } from './hook-change.ts'
import { addressFaults } from './hook-rules.ts'

/** The words of GitHub's App manifests, and what a hook's config has besides. */
export type IntegrationBody = {
  readonly name: string
  readonly url: string
  readonly description?: string | null
  readonly default_events?: readonly string[]
  readonly default_permissions?: Readonly<Record<string, string>>
  readonly hook_attributes?: ConfigBody & { readonly active?: boolean }
}

export type IntegrationChangeBody = Partial<
  Pick<IntegrationBody, 'url' | 'description' | 'default_events' | 'default_permissions'>
>

type Scene = { readonly owner: Account; readonly sender: Account; readonly eventLinks: Links }

// GitHub names no limit on these; a page of text is enough.
const TEXT_LENGTH_MAX = 2048

// GitHub's. Each one is tried when an App signs in.
const KEYS_MAX = 25

// GitHub's, of one user or organization.
const INTEGRATIONS_MAX = 100

const NO_CONFIG: HookConfig = { url: '', contentType: 'json', secret: null, insecureSsl: false }

export async function registerIntegration(
  context: ApiContext,
  { owner, sender, eventLinks }: Scene,
  body: IntegrationBody,
): Promise<{ readonly integration: Integration; readonly secrets: IntegrationSecrets }> {
  const { clock, engine, guard, store } = context
  const { name, url, description = null, default_events: events = [] } = body
  const { active = true, ...sent } = body.hook_attributes ?? {}
  const permissions = body.default_permissions ?? {}
  const given = readConfigChange(sent, NO_CONFIG)
  // As GitHub does for a manifest: an App with a hook always has a secret for it.
  const secret = given.secret ?? (given.url === '' ? null : new Secret(randomBytes(20).toString('hex')))
  const config = { ...given, secret }
  refuse([
    ...nameFaults(name),
    ...urlFaults(url),
    ...tooLong('Integration', 'description', description, TEXT_LENGTH_MAX),
    ...permissionFaults(permissions),
    ...hookEventFaults(events, 'app'),
    ...(config.url === '' ? [] : addressFaults(config.url, guard)),
  ])
  const { publicKey, pem } = await makeKeyPair()

  const integration = await engine.commit(async (tx, tell) => {
    if ((await countIntegrations(tx, owner.id)) >= INTEGRATIONS_MAX) throw tooMany()
    const nowMs = clock.nowMs()
    const made = await createIntegration(
      tx,
      {
        slug: slugOf(name),
        name,
        clientId: `Iv1.${randomBytes(8).toString('hex')}`,
        description,
        externalUrl: url,
        owner,
        permissions: permissions as Permissions,
        events: normaliseEvents(events),
      },
      nowMs,
    )
    await addKey(tx, { integrationId: made.id, publicKey, fingerprint: fingerprintOf(publicKey) }, nowMs)
    const at = new Date(nowMs)
    const hook = await createHook(tx, store.vault, {
      accountId: owner.id,
      target: { kind: 'app', id: made.id },
      active: active && config.url !== '',
      events: made.events,
      config,
      createdAt: at,
      updatedAt: at,
    })
    if (config.url !== '') {
      const scene = {
        owner: { kind: 'app', integration: made },
        sender,
        links: eventLinks,
        eventLinks,
      } as const
      tell(pingDraft(scene, hook, clock.random()))
    }
    return made
  })
  engine.hooksChanged({ kind: 'app', id: integration.id })
  const webhookSecret = secret?.reveal() ?? null
  // There is no OAuth here, so that this one opens nothing; clients want to read it.
  return { integration, secrets: { clientSecret: randomBytes(20).toString('hex'), webhookSecret, pem } }
}

export async function changeIntegrationBy(
  context: ApiContext,
  { sender, eventLinks }: Scene,
  integration: Integration,
  body: IntegrationChangeBody,
): Promise<Integration> {
  const { clock, store } = context
  const { url, description, default_events: events, default_permissions: permissions } = body
  refuse([
    ...(url === undefined ? [] : urlFaults(url)),
    ...tooLong('Integration', 'description', description, TEXT_LENGTH_MAX),
    ...permissionFaults(permissions ?? {}),
    ...hookEventFaults(events ?? [], 'app'),
  ])
  const change = {
    ...(url !== undefined && { externalUrl: url }),
    ...(description !== undefined && { description }),
    ...(permissions !== undefined && { permissions: permissions as Permissions }),
  }
  await store.write(tx => changeIntegration(tx, integration.id, change, clock.nowMs()))
  if (events !== undefined) {
    const scene = { owner: { kind: 'app', integration }, sender, links: eventLinks, eventLinks } as const
    await changeHook(context, scene, undefined, () => ({ events: normaliseEvents(events) }))
  }
  return (await findIntegration(store.read, { id: integration.id })) ?? integration
}

/** Everywhere at once: what was on its way to it is cancelled. */
export async function removeIntegration(
  { clock, engine, store }: ApiContext,
  { id }: Integration,
): Promise<void> {
  const target = { kind: 'app', id } as const
  await store.write(async tx => {
    const hook = await findHookOf(tx, store.vault, target)
    if (hook) await deleteHook(tx, hook.id, new Date(clock.nowMs()))
    await deleteIntegration(tx, id)
  })
  engine.hooksChanged(target)
  engine.installationsChanged('all')
}

export async function makeKey(
  { clock, store }: ApiContext,
  { id }: Integration,
): Promise<{ readonly key: IntegrationKey; readonly pem: string }> {
  const { publicKey, pem } = await makeKeyPair()
  const key = await store.write(async tx => {
    if ((await listKeys(tx, id)).length >= KEYS_MAX) {
      throw new AppError('conflict', `The App has ${KEYS_MAX} keys already: delete one.`)
    }
    return addKey(tx, { integrationId: id, publicKey, fingerprint: fingerprintOf(publicKey) }, clock.nowMs())
  })
  return { key, pem }
}

function tooMany(): AppError {
  return new AppError('conflict', `There are ${INTEGRATIONS_MAX} Apps already: delete one.`)
}

/** `pem` in the form of PKCS#1, as GitHub gives it out. */
async function makeKeyPair(): Promise<{ readonly publicKey: string; readonly pem: string }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  })
  return { publicKey, pem: privateKey }
}

function fingerprintOf(publicKey: string): string {
  const der = createPublicKey(publicKey).export({ type: 'spki', format: 'der' })
  return `SHA256:${createHash('sha256').update(der).digest('base64')}`
}

function nameFaults(name: string): readonly ErrorItem[] {
  if (name.length > NAME_LENGTH_MAX) return tooLong('Integration', 'name', name, NAME_LENGTH_MAX)
  return slugOf(name) === '' ? [{ resource: 'Integration', code: 'invalid', field: 'name' }] : []
}

function urlFaults(url: string): readonly ErrorItem[] {
  const isWeb = url.length <= TEXT_LENGTH_MAX && isWebAddress(url)
  return isWeb ? [] : [customItem('Integration', 'url must be a web address', 'url')]
}

function permissionFaults(permissions: Readonly<Record<string, string>>): readonly ErrorItem[] {
  const unknown = Object.entries(permissions).filter(([name, level]) => !isPermission(name, level))
  if (unknown.length === 0) return []
  const listed = unknown.slice(0, 10).map(([name, level]) => `${name.slice(0, 100)}: ${level.slice(0, 100)}`)
  return [
    customItem('Integration', `There are no such permissions: ${listed.join(', ')}`, 'default_permissions'),
  ]
}
