// Recovery jobs: everything that matches is sent once more. First as a dry run, which only counts; then
// as a job, which can be watched, paused, slowed down and cancelled. `engine/recovery.ts` does the work.
import type { FastifyInstance } from 'fastify'
import { countRecoverable, roomFor } from '../../engine/recovery.ts'
import { AppError, notFound } from '../../errors.ts'
import { recoveryCountJson, recoveryJson, recoveryPartJson, recoveryUrl } from '../../github/recovery.ts'
import type { Hook } from '../../hook.ts'
import { RECOVERY_STATUSES, type RecoveryJob } from '../../recovery.ts'
import { findAccountsById } from '../../store/accounts.ts'
import { listAllHooks } from '../../store/hooks.ts'
import {
  changeRecoveryJob,
  countRecoveryJobs,
  countUnfinishedJobs,
  createRecoveryJob,
  findRecoveryJob,
  listParts,
  listRecoveryJobs,
  progressOf,
} from '../../store/recovery-jobs.ts'
import type { Db } from '../../store/store.ts'
import type { ApiContext } from '../context.ts'
import { NUMBER } from '../fields.ts'
import {
  HOOK_FAMILIES,
  type HookFamily,
  type HookRequestScene,
  needsHooks,
  originOf,
  sceneOf,
  targetOf,
} from '../hook-family.ts'
import { linkPages, readPage } from '../paging.ts'
import { type RecoveryBody, readRecovery } from '../recovery-criteria.ts'
import { targetPath } from '../target-path.ts'

// A dry run answers after this, with what it has counted so far.
const DRY_RUN_MS = 5000

// At once. Each has the reading thread, which deliveries need as well, to itself for 2 ms at a time.
const DRY_RUNS_MAX = 4

// Of one repository or organization. Each costs a read or two a second while it waits.
const UNFINISHED_MAX = 20

// Two reads of an index for each.
const PARTS_SHOWN_MAX = 100

// Above it, there is no point: leave it out for as fast as goes.
const RATE_MAX = 10_000

export function recoveryRoutes(app: FastifyInstance, context: ApiContext): void {
  for (const family of HOOK_FAMILIES) {
    collectionRoutes(app, context, family)
    jobRoutes(app, context, family)
  }
}

type Create = { Body: RecoveryBody }
type One = { Params: { readonly recovery_id: number } }
type Change = One & {
  Body: { readonly state?: 'running' | 'paused' | 'cancelled'; readonly rate?: number | null }
}

function collectionRoutes(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { store, clock } = context
  const path = `${targetPath(family)}/recoveries`
  const count = counter(context)

  app.get(path, { onRequest: needsHooks(context, family, 'read') }, async (request, reply) => {
    const scene = sceneOf(request, family.kind)
    const target = targetOf(scene.owner)
    const page = readPage(request.query)
    linkPages(request, reply, page, await countRecoveryJobs(store.read, target))
    return present(context, scene, await listRecoveryJobs(store.read, target, page))
  })

  app.post<Create>(
    path,
    { onRequest: needsHooks(context, family, 'write'), schema: { body: NEW_RECOVERY } },
    async (request, reply) => {
      const { body } = request
      const scene = sceneOf(request, family.kind)
      const { criteria, hooks } = await readRecovery(store, scene.owner, body)
      const target = targetOf(scene.owner)
      const draft = { target, criteria, endId: store.ids.next() }
      if (body.dry_run === true) {
        return recoveryCountJson(criteria, await count(draft, hooks))
      }
      const job = await store.write(async tx => {
        if ((await countUnfinishedJobs(tx, target)) >= UNFINISHED_MAX) throw tooMany()
        return createRecoveryJob(
          tx,
          {
            ...draft,
            accountId: originOf(scene.owner).accountId,
            rate: body.rate ?? null,
            createdById: scene.sender.id,
            createdAt: new Date(clock.nowMs()),
          },
          hooks.map(({ id }) => id),
        )
      })
      reply.code(201).header('location', recoveryUrl(job.id, scene.place, scene.links))
      return presentOne(context, scene, job)
    },
  )
}

/** Counts what a job would do, for so many at once and no more. */
function counter(context: ApiContext) {
  let underWay = 0
  return async (job: Pick<RecoveryJob, 'target' | 'criteria' | 'endId'>, hooks: readonly Hook[]) => {
    if (underWay >= DRY_RUNS_MAX) {
      const message = `${DRY_RUNS_MAX} dry runs are under way. Try again in some seconds.`
      throw new AppError('rate_limited', message, { retryAfterSeconds: DRY_RUN_MS / 1000 })
    }
    underWay++
    try {
      return await countRecoverable(context, job, hooks, DRY_RUN_MS)
    } finally {
      underWay--
    }
  }
}

function jobRoutes(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { store, clock } = context
  const path = `${targetPath(family)}/recoveries/:recovery_id`

  app.get<One>(
    path,
    { onRequest: needsHooks(context, family, 'read'), schema: { params: RECOVERY_PARAMS } },
    async request => {
      const scene = sceneOf(request, family.kind)
      return presentOne(context, scene, await getJob(store.read, scene, request.params.recovery_id))
    },
  )

  app.patch<Change>(
    path,
    {
      onRequest: needsHooks(context, family, 'write'),
      schema: { params: RECOVERY_PARAMS, body: RECOVERY_CHANGE },
    },
    async request => {
      const scene = sceneOf(request, family.kind)
      const { state, rate } = request.body
      const change = { ...(state !== undefined && { state }), ...(rate !== undefined && { rate }) }
      const job = await store.write(async tx => {
        const before = await getJob(tx, scene, request.params.recovery_id)
        if (!(await changeRecoveryJob(tx, before.id, change, clock.nowMs()))) throw ended(before)
        return getJob(tx, scene, before.id)
      })
      return presentOne(context, scene, job)
    },
  )
}

async function getJob(db: Db, { owner }: HookRequestScene, id: number): Promise<RecoveryJob> {
  const job = await findRecoveryJob(db, targetOf(owner), id)
  if (!job) throw notFound()
  return job
}

async function present(
  { store }: ApiContext,
  { links, place }: HookRequestScene,
  jobs: readonly RecoveryJob[],
) {
  const progress = await progressOf(
    store.read,
    jobs.map(({ id }) => id),
  )
  const creators = await findAccountsById(
    store.read,
    jobs.map(({ createdById }) => createdById),
  )
  return jobs.map(job =>
    recoveryJson(job, progress.get(job.id) ?? NOTHING, creators.get(job.createdById) ?? null, place, links),
  )
}

/** One alone also tells of its hooks, and why each stands still. */
async function presentOne(context: ApiContext, scene: HookRequestScene, job: RecoveryJob) {
  const { store, clock } = context
  const [json] = await present(context, scene, [job])
  const hooks = await listAllHooks(store.read, store.vault, job.target)
  const known = new Map(hooks.map(hook => [hook.id, hook]))
  const parts = await listParts(store.read, job.id)
  const shown = parts.slice(0, PARTS_SHOWN_MAX).map(async part => {
    const hook = known.get(part.hookId)
    const isWaiting = job.state === 'running' && !part.ended && hook !== undefined
    const wait = isWaiting ? (await roomFor(store.read, hook, clock.nowMs())).wait : null
    return recoveryPartJson(part, wait)
  })
  return { ...json, hooks: await Promise.all(shown) }
}

// Of a target without hooks.
const NOTHING = { total: 0, done: 0, skipped: 0 }

function tooMany(): AppError {
  return new AppError(
    'conflict',
    `There are ${UNFINISHED_MAX} recoveries already that are not done: wait for one, or cancel one.`,
  )
}

function ended({ id, state }: RecoveryJob): AppError {
  return new AppError('conflict', `Recovery ${id} is ${state}, and stays so.`)
}

const RECOVERY_PARAMS = { type: 'object', properties: { recovery_id: NUMBER } } as const

const RATE = { type: ['integer', 'null'], minimum: 1, maximum: RATE_MAX } as const

// An index has to hold an action, and a reason is a word of ours.
const NAME = { type: ['string', 'null'], maxLength: 255 } as const

const NEW_RECOVERY = {
  type: 'object',
  additionalProperties: false,
  required: ['status'],
  properties: {
    hook_id: { type: ['integer', 'null'] },
    event: NAME,
    action: NAME,
    repository: NAME,
    status: { type: 'string', enum: RECOVERY_STATUSES },
    reason: NAME,
    from: NAME,
    to: NAME,
    rate: RATE,
    dry_run: { type: 'boolean' },
  },
} as const

const RECOVERY_CHANGE = {
  type: 'object',
  additionalProperties: false,
  properties: { state: { type: 'string', enum: ['running', 'paused', 'cancelled'] }, rate: RATE },
} as const
