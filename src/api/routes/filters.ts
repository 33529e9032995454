// Which of the events that it asked for a hook wants to hear of: an addition to GitHub's API, under the
// hook. Filters can be tried against what happened lately before they are saved. The same routes serve
// repositories and organizations.
import type { FastifyInstance } from 'fastify'
import { EXPRESSION_LENGTH_MAX } from '../../base/expression.ts'
import { isEventName } from '../../event.ts'
import { isEventTypeName } from '../../event-type.ts'
import { type FiltersBody, filtersJson, filterTryJson, readFilters } from '../../github/filter.ts'
import type { ApiContext } from '../context.ts'
import { invalidRequest, shown } from '../faults.ts'
import { tryFilters } from '../filter-try.ts'
import { changeHook } from '../hook-change.ts'
import {
  getHook,
  HOOK_FAMILIES,
  HOOK_PARAMS,
  type HookFamily,
  type HookParams,
  needsHooks,
  sceneOf,
} from '../hook-family.ts'

export function filterRoutes(app: FastifyInstance, context: ApiContext): void {
  for (const family of HOOK_FAMILIES) {
    filtersRoute(app, context, family)
    triesRoute(app, context, family)
  }
}

type One = { Params: HookParams }

function filtersRoute(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, hookPath } = family
  const { store } = context
  const url = `${hookPath}/filters`

  app.get<One>(
    url,
    { onRequest: needsHooks(context, family, 'read'), schema: { params: HOOK_PARAMS } },
    async request => {
      const { owner } = sceneOf(request, kind)
      const { filters } = await getHook(store.read, store, owner, request.params.hook_id)
      return filtersJson(filters)
    },
  )

  app.put<One & { Body: FiltersBody }>(
    url,
    {
      onRequest: needsHooks(context, family, 'write'),
      schema: { params: HOOK_PARAMS, body: FILTERS },
    },
    async request => {
      const { body, params } = request
      const filters = readFilters(body, kind)
      const hook = await changeHook(context, sceneOf(request, kind), params.hook_id, () => ({ filters }))
      return filtersJson(hook.filters)
    },
  )

  app.delete<One>(
    url,
    { onRequest: needsHooks(context, family, 'write'), schema: { params: HOOK_PARAMS } },
    async (request, reply) => {
      await changeHook(context, sceneOf(request, kind), request.params.hook_id, () => ({ filters: null }))
      return reply.code(204).send()
    },
  )
}

type Try = One & {
  Body: { readonly filters?: FiltersBody | null; readonly event?: string; readonly limit?: number }
}

function triesRoute(app: FastifyInstance, context: ApiContext, family: HookFamily): void {
  const { kind, hookPath } = family
  const { store } = context
  app.post<Try>(
    `${hookPath}/filters/tries`,
    {
      // It changes nothing.
      onRequest: needsHooks(context, family, 'read'),
      schema: { params: HOOK_PARAMS, body: TRY },
    },
    async request => {
      const { params, body } = request
      const { event, limit = TRIES } = body
      if (event !== undefined && !isEventName(event) && !isEventTypeName(event)) {
        throw invalidRequest(`For 'properties/event', ${shown(event)} is not the name of an event.`)
      }
      const hook = await getHook(store.read, store, sceneOf(request, kind).owner, params.hook_id)
      const filters = body.filters ? readFilters(body.filters, kind) : hook.filters
      const tries = await tryFilters(store, hook, filters, { event, limit })
      return {
        filters: filtersJson(filters),
        passed: tries.filter(({ passes }) => passes === true).length,
        refused: tries.filter(({ passes }) => passes === false).length,
        events: tries.map(filterTryJson),
      }
    },
  )
}

const TRIES = 30
const TRIES_MAX = 100

// More than anybody could keep an eye on. GitHub's longest action has 27 characters, its names of
// branches up to 255 bytes.
const PATTERNS = {
  type: ['array', 'null'],
  maxItems: 50,
  items: { type: 'string', maxLength: 255 },
} as const

// The sense of these is judged in github/filter.ts, all in one answer.
const FILTERS = {
  type: 'object',
  additionalProperties: false,
  properties: {
    actions: PATTERNS,
    refs: PATTERNS,
    paths: PATTERNS,
    repositories: PATTERNS,
    actors: PATTERNS,
    expression: { type: ['string', 'null'], maxLength: EXPRESSION_LENGTH_MAX },
  },
} as const

const TRY = {
  type: 'object',
  additionalProperties: false,
  properties: {
    filters: { ...FILTERS, type: ['object', 'null'] },
    event: { type: 'string' },
    limit: { type: 'integer', minimum: 1, maximum: TRIES_MAX },
  },
} as const
