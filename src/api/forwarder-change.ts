// A forwarder makes a hook for itself, or gets the one that it had: by the name that it gives, its user and
// its target. There is no ping, since nobody is connected yet.
import type { FastifyRequest } from 'fastify'
import { AppError, customItem, validationFailed } from '../errors.ts'
import { FORWARDER_POLICY, FORWARDERS_PER_TARGET_MAX, FORWARDERS_PER_USER_MAX } from '../forwarder.ts'
import { type HookBody, readNewForwarder } from '../github/hook-body.ts'
import type { Links } from '../github/links.ts'
import type { Hook } from '../hook.ts'
import { findForwarderHook, listForwarderHooks, markForwardersSeen } from '../store/forwarders.ts'
import { createHook, deleteHook, updateHook } from '../store/hooks.ts'
import type { Tx } from '../store/store.ts'
import { requireCaller } from './auth.ts'
import type { ApiContext } from './context.ts'
import { ownEventsOf } from './hook-change.ts'
import { type HookScene, originOf, targetOf } from './hook-family.ts'
import { NOT_ACCESSIBLE } from './installation-access.ts'

/** Where a forwarder connects to. Its number is the hook's. */
export const FORWARDERS_PATH = '/forwarders'

export async function makeForwarder(
  context: ApiContext,
  request: FastifyRequest<{ Body: HookBody }>,
  scene: HookScene,
): Promise<Hook> {
  // A line belongs to a user, whose token opens it.
  if (requireCaller(request).by === 'installation') throw new AppError('forbidden', NOT_ACCESSIBLE)
  const { clock, engine, store } = context
  const { owner, sender } = scene
  const target = targetOf(owner)
  const { hook, dropped, released } = await store.write(async tx => {
    const { name, ...draft } = readNewForwarder(request.body, owner.kind, await ownEventsOf(tx, owner))
    const now = new Date(clock.nowMs())
    const known =
      name === null
        ? undefined
        : await findForwarderHook(tx, store.vault, { target, userId: sender.id, name })
    if (known) {
      const hook = { ...known, ...draft, updatedAt: now }
      await updateHook(tx, store.vault, hook)
      await markForwardersSeen(tx, [hook.id], now.getTime())
      const released = hook.active && !known.active ? await engine.release(tx, hook.id) : undefined
      return { hook, dropped: undefined, released }
    }
    const dropped = await makeRoom(context, tx, scene)
    const hook = await createHook(tx, store.vault, {
      ...draft,
      accountId: originOf(owner).accountId,
      target,
      policy: FORWARDER_POLICY,
      forwarder: { userId: sender.id, name },
      createdAt: now,
      updatedAt: now,
    })
    return { hook, dropped, released: undefined }
  })
  engine.hooksChanged(target)
  if (dropped !== undefined) engine.forgetForwarder(dropped)
  released?.()
  return hook
}

/** What a forwarder needs beside GitHub's keys. */
export function forwarderJson({ id, forwarder }: Hook, { html }: Links) {
  return {
    ws_url: `${html.replace(/^http/, 'ws')}${FORWARDERS_PATH}/${id}`,
    // GitHub's own does not know it, and gets what GitHub answers.
    ...(forwarder?.name && { forwarder: forwarder.name }),
  }
}

/** Refuses above the ceilings; the leftover of a forwarder that cannot come back gives way, and is told. */
async function makeRoom(
  { clock, engine }: ApiContext,
  tx: Tx,
  scene: HookScene,
): Promise<number | undefined> {
  const { owner, sender } = scene
  const all = await listForwarderHooks(tx, targetOf(owner))
  const own = all.filter(({ userId }) => userId === sender.id)
  if (own.length < FORWARDERS_PER_USER_MAX && all.length < FORWARDERS_PER_TARGET_MAX) return undefined
  const leftover = own.find(({ id, name }) => name === null && !engine.isForwarderConnected(id))
  if (!leftover) {
    const says =
      own.length >= FORWARDERS_PER_USER_MAX
        ? `You cannot have more than ${FORWARDERS_PER_USER_MAX} forwarders on this ${owner.kind}: delete one of its "cli" hooks`
        : `This ${owner.kind} cannot have more than ${FORWARDERS_PER_TARGET_MAX} forwarders`
    throw validationFailed(customItem('Hook', says))
  }
  await deleteHook(tx, leftover.id, new Date(clock.nowMs()))
  return leftover.id
}
