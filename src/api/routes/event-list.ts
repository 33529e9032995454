// GitHub's lists of what happened: in a repository, and in the repositories of an organization. Everybody who
// may read a repository sees the kinds of event that GitHub shows to everybody; whoever may push sees all, since an
// alert of a leaked secret is no public matter.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Account, grants } from '../../account.ts'
import { AppError } from '../../errors.ts'
import { eventListText } from '../../github/event.ts'
import type { HookTarget } from '../../hook.ts'
import { includesRole } from '../../repository.ts'
import { findAccountsById, findRole } from '../../store/accounts.ts'
import { type ListedEvent, listEvents } from '../../store/event-list.ts'
import { findPayload } from '../../store/queue.ts'
import type { Store } from '../../store/store.ts'
import { isSiteAdmin, needsOrganization, needsRepository, organizationOf, repositoryOf } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { linksOf } from '../links.ts'
import { linkPages, readPage } from '../paging.ts'
import { route } from '../route.ts'

// GitHub's ceilings.
const EVENTS_MAX = 300
const AGE_MS_MAX = 30 * 24 * 60 * 60 * 1000

// A client that obeys asks no more often; with its ETag, at little cost to anybody.
const POLL_SECONDS = 60

// A hundred ordinary payloads are 700 KB, a hundred of the largest 2.5 GB. What is beyond stays out.
const PAGE_BYTES_MAX = 10 * 1024 * 1024

// What GitHub's documentation of event types names.
const PUBLIC_EVENTS: readonly string[] = [
  ...['commit_comment', 'create', 'delete', 'discussion', 'fork', 'gollum', 'issue_comment', 'issues'],
  ...['member', 'public', 'pull_request', 'pull_request_review', 'pull_request_review_comment', 'push'],
  ...['release', 'watch'],
]

// They tell of a webhook alone.
const NEVER_LISTED: readonly string[] = ['ping', 'meta']

export function eventListRoutes(app: FastifyInstance, context: ApiContext): void {
  app.get(
    '/repos/:owner/:repo/events',
    route('activity/events#list-repository-events', needsRepository(context, 'read')),
    async (request, reply) => {
      const { repository, role, caller } = repositoryOf(request)
      const canPush = includesRole(role, 'push') && grants(caller?.scopes ?? [], 'public_repo')
      const asked = {
        target: { kind: 'repository', id: repository.id },
        owner: repository.owner,
        seesAll: canPush || isSiteAdmin(caller),
        publicOnly: false,
      } as const
      return answerList(context, request, reply, asked)
    },
  )

  app.get(
    '/orgs/:org/events',
    route('activity/events#list-public-organization-events', needsOrganization(context, 'read')),
    async (request, reply) => {
      const { organization } = organizationOf(request)
      const seesAll = await ownsOrganization(context, request)
      const asked = {
        target: { kind: 'organization', id: organization.id },
        owner: organization,
        seesAll,
        publicOnly: !seesAll,
      } as const
      return answerList(context, request, reply, asked)
    },
  )
}

async function ownsOrganization({ store }: ApiContext, request: FastifyRequest): Promise<boolean> {
  const { organization, caller } = organizationOf(request)
  if (!caller) return false
  if (isSiteAdmin(caller)) return true
  return (
    grants(caller.scopes, 'repo') && (await findRole(store.read, organization.id, caller.user.id)) === 'admin'
  )
}

type Asked = {
  readonly target: HookTarget
  readonly owner: Account
  readonly seesAll: boolean
  readonly publicOnly: boolean
}

async function answerList(
  { store, clock }: ApiContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { target, owner, seesAll, publicOnly }: Asked,
) {
  const page = readPage(request.query)
  const start = (page.page - 1) * page.perPage
  if (start >= EVENTS_MAX) {
    const message = 'In order to keep the API fast for everyone, pagination is limited for this resource.'
    throw new AppError('validation_failed', message)
  }
  const events = await listEvents(store.read, target, {
    sinceMs: clock.nowMs() - AGE_MS_MAX,
    names: seesAll ? null : PUBLIC_EVENTS,
    except: NEVER_LISTED,
    publicOnly,
    limit: EVENTS_MAX,
  })
  linkPages(request, reply, page, events.length)
  const shown = events.slice(start, start + page.perPage)
  const senders = await findAccountsById(
    store.read,
    shown.flatMap(({ senderId }) => senderId ?? []),
  )
  const payloads = await readPayloads(store, shown)
  const text = eventListText(
    shown.map((event, index) => ({
      ...event,
      owner,
      sender: (event.senderId !== null && senders.get(event.senderId)) || null,
      payload: payloads[index] ?? null,
    })),
    linksOf(request),
  )
  return reply.header('x-poll-interval', POLL_SECONDS).type('application/json; charset=utf-8').send(text)
}

/** The newest first, until the page is full. */
async function readPayloads({ read }: Store, events: readonly ListedEvent[]) {
  let left = PAGE_BYTES_MAX
  return Promise.all(
    events.map(({ id, payloadBytes }) => {
      if (payloadBytes > left) return null
      left -= payloadBytes
      return findPayload(read, id)
    }),
  )
}
