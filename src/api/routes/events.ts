// Publishing: how a forge, a CI or an internal platform tells Hookline what happened there. The
// answer comes after the commit. GitHub has no such operation; its list of events, `GET` on the
// same path, is not here yet.
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { grants } from '../../account.ts'
import type { Accepted } from '../../engine/engine.ts'
import { customItem, validationFailed } from '../../errors.ts'
import type { EventDraft } from '../../event.ts'
import type { HookOwner } from '../../github/payload/ping.ts'
import type { TargetKind } from '../../hook.ts'
import { claimKey, type EarlierUse, rememberAnswer } from '../../store/idempotency-keys.ts'
import { getOrganizationFor, needsRepository } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { invalidRequest } from '../faults.ts'
import { originOf, sceneOf, targetOf } from '../hook-family.ts'
import { readPublications } from '../publication.ts'

// A thousand ordinary payloads of 7 KB are 7 MB. A payload above 25 MB is accepted and becomes a skip, so
// it has to fit, too.
const BODY_BYTES_MAX = 64 * 1024 * 1024

const KEY_LENGTH_MAX = 255

type Publish = { Body: Buffer | undefined }

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
    },
    async (request, reply) => {
      const { owner, sender } = sceneOf(request, kind)
      const { list, publications } = readPublications(request.body)
      const shared = { ...originOf(owner), senderId: sender.id }
      const drafts = publications.map(publication => ({ ...shared, ...publication }))

      const key = keyOf(request)
      const answer =
        key === undefined
          ? answerFrom(await context.engine.publish(drafts), list)
          : await publishOnce(context, owner, key, request.body, drafts, list)
      reply.code(202)
      return answer
    },
  )
}

/** Its owner, with a token for the organization or for its hooks. */
function needsOwnedOrganization(context: ApiContext) {
  return async (request: FastifyRequest): Promise<void> => {
    const scope = grants(request.caller?.scopes ?? [], 'admin:org_hook') ? 'admin:org_hook' : 'admin:org'
    request.organizationPlace = await getOrganizationFor(context, request, 'admin', scope)
  }
}

function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && key.length >= 1 && key.length <= KEY_LENGTH_MAX) return key
  throw invalidRequest(`For 'Idempotency-Key', 1 to ${KEY_LENGTH_MAX} characters are allowed.`)
}

/** When key and body were sent before, gives the first answer again and publishes nothing. */
async function publishOnce(
  { clock, engine }: ApiContext,
  owner: HookOwner,
  key: string,
  body: Buffer | undefined,
  drafts: readonly EventDraft[],
  list: boolean,
): Promise<Answer> {
  const { accountId } = originOf(owner)
  const fingerprint = createHash('sha256')
    .update(body ?? '')
    .digest('hex')
  const use = { accountId, target: targetOf(owner), key, fingerprint, nowMs: clock.nowMs() }
  return engine.commit(async (tx, tell, accepted) => {
    const earlier = await claimKey(tx, use)
    if (earlier) return answerOf(earlier, fingerprint)

    for (const draft of drafts) tell(draft)
    const answer = answerFrom(await accepted(), list)
    await rememberAnswer(tx, use, JSON.stringify(answer))
    return answer
  })
}

function answerOf(earlier: EarlierUse, fingerprint: string): Answer {
  if (earlier.fingerprint === fingerprint) return JSON.parse(earlier.answer)
  const message = 'This Idempotency-Key was used with another body within the last 24 hours'
  throw validationFailed(customItem('Event', message, 'Idempotency-Key'))
}

function answerFrom(accepted: readonly Accepted[], list: boolean): Answer {
  const [first] = accepted
  return list || !first ? accepted : first
}
