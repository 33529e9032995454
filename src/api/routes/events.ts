// Publishing: how a forge, a CI or an internal platform tells Hookline what happened there. The
// answer comes after the commit. GitHub has no such operation; its list of events, `GET` on the
// same path, is in `event-list.ts`.
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Accepted, Engine } from '../../engine/engine.ts'
import { customItem, validationFailed } from '../../errors.ts'
import type { EventDraft } from '../../event.ts'
import type { HookOwner } from '../../github/payload/ping.ts'
import type { TargetKind } from '../../hook.ts'
import {
  claimKey,
  type EarlierUse,
  findKeyUse,
  type KeyUse,
  rememberAnswer,
} from '../../store/idempotency-keys.ts'
import { needsRepository } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { invalidRequest } from '../faults.ts'
import { originOf, sceneOf, targetOf } from '../hook-family.ts'
import { needsOwnedOrganization } from '../owned-organization.ts'
import { checkPayloads, ownTypesOf } from '../payload-check.ts'
import { type Publications, readPublications } from '../publication.ts'

// A thousand ordinary payloads of 7 KB are 7 MB. A payload above 25 MB is accepted and becomes a skip, so
// it has to fit, too.
const BODY_BYTES_MAX = 64 * 1024 * 1024

const KEY_LENGTH_MAX = 255

type Publish = { Body: Buffer | undefined; Querystring: { readonly validate: boolean } }

// For who knows better than our copy of GitHub's schemas: it may be older than the payloads.
const QUERY = {
  type: 'object',
  properties: { validate: { type: 'boolean', default: true } },
} as const

type Answer = Accepted | readonly Accepted[]

export function eventRoutes(app: FastifyInstance, context: ApiContext): void {
  // Encapsulated, so that these bodies alone are kept as bytes.
  app.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(
      '*',
      { parseAs: 'buffer' },
      async (_request: FastifyRequest, body: Buffer) => body,
    )
    publishRoute(scope, context, 'repository', '/repos/:owner/:repo/events')
    publishRoute(scope, context, 'organization', '/orgs/:org/events')
  })
}

function publishRoute(app: FastifyInstance, context: ApiContext, kind: TargetKind, path: string): void {
  app.post<Publish>(
    path,
    {
      // Runs before the body: only who may publish can make us read 64 MB.
      onRequest: kind === 'repository' ? needsRepository(context, 'write') : needsOwnedOrganization(context),
      bodyLimit: BODY_BYTES_MAX,
      // Thousands of events a second are what it is for.
      config: { uncounted: true },
      schema: { querystring: QUERY },
    },
    async (request, reply) => {
      const { owner, sender } = sceneOf(request, kind)
      const sent = await readPublications(request.body)
      const key = keyOf(request)
      const use = key === undefined ? undefined : useOf(context, owner, key, request.body)
      const earlier = use && (await findKeyUse(context.store.read, use))
      // What was accepted once is answered again, even if it would be refused by now.
      const answer =
        use && earlier
          ? answerOf(earlier, use)
          : await publish(context, { ...originOf(owner), senderId: sender.id }, sent, {
              validate: request.query.validate,
              use,
            })
      reply.code(202)
      return answer
    },
  )
}

function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && key.length >= 1 && key.length <= KEY_LENGTH_MAX) return key
  throw invalidRequest(`For 'Idempotency-Key', 1 to ${KEY_LENGTH_MAX} characters are allowed.`)
}

function useOf({ clock }: ApiContext, owner: HookOwner, key: string, body: Buffer | undefined): KeyUse {
  const fingerprint = createHash('sha256')
    .update(body ?? '')
    .digest('hex')
  const { accountId } = originOf(owner)
  return { accountId, target: targetOf(owner), key, fingerprint, nowMs: clock.nowMs() }
}

type Origin = Pick<EventDraft, 'accountId' | 'repositoryId' | 'organizationId' | 'senderId'>

type Terms = { readonly validate: boolean; readonly use: KeyUse | undefined }

async function publish(
  { engine, store }: ApiContext,
  origin: Origin,
  { list, publications }: Publications,
  { validate, use }: Terms,
): Promise<Answer> {
  const types = await ownTypesOf(store.read, origin.accountId, publications)
  if (validate) await checkPayloads({ list, publications }, types)
  const drafts = publications.map(({ value, ...publication }) => ({ ...origin, ...publication }))
  return use ? publishOnce(engine, use, drafts, list) : answerFrom(await engine.publish(drafts), list)
}

/** When key and body were sent before, gives the first answer again and publishes nothing. */
async function publishOnce(
  engine: Engine,
  use: KeyUse,
  drafts: readonly EventDraft[],
  list: boolean,
): Promise<Answer> {
  return engine.commit(async (tx, tell, accepted) => {
    const earlier = await claimKey(tx, use)
    if (earlier) return answerOf(earlier, use)

    for (const draft of drafts) tell(draft)
    const answer = answerFrom(await accepted(), list)
    await rememberAnswer(tx, use, JSON.stringify(answer))
    return answer
  })
}

function answerOf(earlier: EarlierUse, { fingerprint }: KeyUse): Answer {
  if (earlier.fingerprint === fingerprint) return JSON.parse(earlier.answer)
  const message = 'This Idempotency-Key was used with another body within the last 24 hours'
  throw validationFailed(customItem('Event', message, 'Idempotency-Key'))
}

function answerFrom(accepted: readonly Accepted[], list: boolean): Answer {
  const [first] = accepted
  return list || !first ? accepted : first
}
