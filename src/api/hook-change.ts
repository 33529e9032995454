// What may be done to a hook: made, changed, removed, pinged, tried with the latest push. A change
// and the event that tells of it are one transaction; the engine learns of every change.
import { AppError, type ErrorItem, validationFailed } from '../errors.ts'
import type { EventDraft } from '../event.ts'
import { type HookBody, type HookDraft, readNewHook } from '../github/hook-body.ts'
import { type HookOwner, metaDeletedPayload, pingPayload } from '../github/payload/ping.ts'
import { zen } from '../github/zen.ts'
import { type Hook, type HookChoices, subscribes } from '../hook.ts'
import { previousSecretAfter } from '../rotation.ts'
import { listEventTypeNames } from '../store/event-types.ts'
import { findLatestPush } from '../store/events.ts'
import { createHook, deleteHook, listSubscriptions, updateHook } from '../store/hooks.ts'
import type { Tx } from '../store/store.ts'
import type { ApiContext } from './context.ts'
import { getHook, type HookScene, originOf, targetOf } from './hook-family.ts'
import { addressFaults, neighbourFaults } from './hook-rules.ts'

export async function makeHook(context: ApiContext, scene: HookScene, body: HookBody): Promise<Hook> {
  const { clock, engine, store } = context
  const target = targetOf(scene.owner)
  const hook = await engine.commit(async (tx, tell) => {
    const draft = await readAmongOthers(context, tx, scene, body)
    const now = new Date(clock.nowMs())
    const { accountId } = originOf(scene.owner)
    const made = { ...draft, accountId, target, createdAt: now, updatedAt: now }
    const hook = await createHook(tx, store.vault, made)
    tell(pingDraft(scene, hook, clock.random()))
    return hook
  })
  engine.hooksChanged(target)
  return hook
}

/** What is to be another at a hook. */
type HookChange = Partial<HookDraft & HookChoices>

/** `read` makes of the hook what it is to be, or throws. */
export async function changeHook(
  { clock, engine, guard, store }: ApiContext,
  { owner }: HookScene,
  id: number | undefined,
  read: (hook: Hook, ownEvents: ReadonlySet<string>) => HookChange,
): Promise<Hook> {
  const { after, released } = await store.write(async tx => {
    const before = await getHook(tx, store, owner, id)
    const after = changed(before, read(before, await ownEventsOf(tx, owner)), new Date(clock.nowMs()))
    const { url } = after.config
    const others = (await listSubscriptions(tx, after.target)).filter(other => other.id !== before.id)
    const faults = [
      ...(url === before.config.url ? [] : addressFaults(url, guard)),
      // Forwarders stand in nobody's way.
      ...(before.forwarder ? [] : neighbourFaults({ url, events: after.events }, others, owner.kind)),
    ]
    if (faults.length > 0) throw validationFailed(...faults)
    await updateHook(tx, store.vault, after)
    const released = after.active && !before.active ? await engine.release(tx, before.id) : undefined
    return { after, released }
  })
  engine.hooksChanged(after.target)
  released?.()
  return after
}

function changed(before: Hook, change: HookChange, updatedAt: Date): Hook {
  const previousSecret = previousSecretAfter(before, change.config ?? before.config)
  return { ...before, previousSecret, ...change, updatedAt }
}

export async function removeHook(
  { clock, engine, store }: ApiContext,
  scene: HookScene,
  id: number | undefined,
): Promise<void> {
  const hook = await engine.commit(async (tx, tell) => {
    const hook = await getHook(tx, store, scene.owner, id)
    await deleteHook(tx, hook.id, new Date(clock.nowMs()))
    // A forwarder's line ends with its hook: there is nobody left to tell.
    if (hook.active && subscribes(hook, 'meta') && !hook.forwarder) tell(metaDraft(scene, hook))
    return hook
  })
  engine.hooksChanged(targetOf(scene.owner))
  if (hook.forwarder) engine.forgetForwarder(hook.id)
}

/** Sent whatever events the hook asked for, and even when it is inactive. */
export async function pingHook(
  { clock, engine, store }: ApiContext,
  scene: HookScene,
  id: number | undefined,
): Promise<void> {
  const hook = await getHook(store.read, store, scene.owner, id)
  // An App's has none until it is given one.
  if (hook.config.url === '' && !hook.forwarder) throw new AppError('conflict', 'The hook has no URL.')
  await engine.publish([pingDraft(scene, hook, clock.random())])
}

/** Sends nothing when the hook did not ask for pushes, and when there was none yet. */
export async function sendLatestPush(
  { engine, store }: ApiContext,
  scene: HookScene,
  id: number | undefined,
): Promise<void> {
  const hook = await getHook(store.read, store, scene.owner, id)
  if (!hook.active || !subscribes(hook, 'push')) return
  const payload = await findLatestPush(store.read, hook.target.id)
  if (payload) await engine.publish([draftFor(scene, hook, 'push', null, payload)])
}

// A duplicate is told together with what is wrong with the body, as far as that can be read.
async function readAmongOthers(
  { guard }: ApiContext,
  tx: Tx,
  { owner }: HookScene,
  body: HookBody,
): Promise<HookDraft> {
  const ownEvents = await ownEventsOf(tx, owner)
  const reading = readSafely(() => readNewHook(body, owner.kind, ownEvents))
  const draft = 'faults' in reading ? undefined : reading
  const wanted = draft
    ? { url: draft.config.url, events: draft.events }
    : { url: body.config?.url, events: body.events ?? [] }
  const faults = [
    ...('faults' in reading ? reading.faults : addressFaults(reading.config.url, guard)),
    ...neighbourFaults(wanted, await listSubscriptions(tx, targetOf(owner)), owner.kind),
  ]
  if (!draft || faults.length > 0) throw validationFailed(...faults)
  return draft
}

// The site's hooks, and Apps', would hear of a name that means something else to each account.
export async function ownEventsOf(tx: Tx, owner: HookOwner): Promise<ReadonlySet<string>> {
  const isOfAccount = owner.kind === 'repository' || owner.kind === 'organization'
  return isOfAccount ? listEventTypeNames(tx, originOf(owner).accountId) : new Set()
}

function readSafely(read: () => HookDraft): HookDraft | { readonly faults: readonly ErrorItem[] } {
  try {
    return read()
  } catch (error) {
    if (error instanceof AppError && error.code === 'validation_failed') return { faults: error.items }
    throw error
  }
}

export function pingDraft(scene: HookScene, hook: Hook, random: number): EventDraft {
  const { eventLinks, owner, sender } = scene
  const payload = pingPayload({ hook, owner, sender, zen: zen(random) }, eventLinks)
  return draftFor(scene, hook, 'ping', null, Buffer.from(JSON.stringify(payload)))
}

function metaDraft(scene: HookScene, hook: Hook): EventDraft {
  const { eventLinks, owner, sender } = scene
  const payload = metaDeletedPayload({ hook, owner, sender }, eventLinks)
  return draftFor(scene, hook, 'meta', payload.action, Buffer.from(JSON.stringify(payload)))
}

function draftFor(
  { owner, sender }: HookScene,
  hook: Hook,
  name: string,
  action: string | null,
  payload: Uint8Array,
): EventDraft {
  return { ...originOf(owner), name, action, payload, senderId: sender.id, onlyHookId: hook.id }
}
