// The labels of a repository.
import type { FastifyInstance } from 'fastify'
import { type ErrorItem, notFound, refuse } from '../../errors.ts'
import { labelJson } from '../../github/issue.ts'
import { type LabelEvent, labelPayload } from '../../github/payload/label.ts'
import type { Label } from '../../issue.ts'
import type { Repository } from '../../repository.ts'
import {
  COLOR_DEFAULT,
  countLabels,
  createLabel,
  deleteLabel,
  findLabel,
  type LabelChanges,
  listLabels,
  updateLabel,
} from '../../store/labels.ts'
import type { Db } from '../../store/store.ts'
import { needsRepository, needsUnarchived, type RepositoryParams, repositoryOf } from '../auth.ts'
import type { ApiContext } from '../context.ts'
import { repositoryDraft } from '../draft.ts'
import { controlFaults, tooLong } from '../fields.ts'
import { labelNameFaults } from '../label-names.ts'
import { linksOf } from '../links.ts'
import { linkPages, readPage } from '../paging.ts'
import { route } from '../route.ts'
import { commit, type Work } from '../work.ts'

const PATH = '/repos/:owner/:repo/labels'
const DESCRIPTION_LENGTH_MAX = 100

const FIELDS = {
  color: { type: 'string' },
  description: { type: ['string', 'null'] },
} as const

type NewBody = { readonly name: string; readonly color?: string; readonly description?: string | null }
type ChangeBody = Omit<NewBody, 'name'> & { readonly new_name?: string }

export function labelRoutes(app: FastifyInstance, context: ApiContext): void {
  collectionRoutes(app, context)
  oneRoutes(app, context)
}

function collectionRoutes(app: FastifyInstance, context: ApiContext): void {
  app.get<{ Params: RepositoryParams }>(
    PATH,
    route('issues/labels#list-labels-for-a-repository', needsRepository(context, 'read')),
    async (request, reply) => {
      const { repository } = repositoryOf(request)
      const { read } = context.store
      const page = readPage(request.query)
      linkPages(request, reply, page, await countLabels(read, repository.id))
      const labels = await listLabels(read, repository.id, page)
      return labels.map(label => labelJson(label, repository, linksOf(request)))
    },
  )

  app.post<{ Params: RepositoryParams; Body: NewBody }>(
    PATH,
    route('issues/labels#create-a-label', needsUnarchived(context, 'write'), {
      body: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, ...FIELDS } },
    }),
    async (request, reply) => {
      const { name, color = COLOR_DEFAULT, description = null } = checked(request.body)
      const label = await commit(context, request, async work => {
        const made = await createLabel(work.tx, work.repository.id, { name: name ?? '', color, description })
        tell(work, { action: 'created', label: made })
        return made
      })
      const answer = labelJson(label, repositoryOf(request).repository, linksOf(request))
      return reply.code(201).header('location', answer.url).send(answer)
    },
  )
}

function oneRoutes(app: FastifyInstance, context: ApiContext): void {
  type One = { Params: RepositoryParams & { readonly name: string } }
  const path = `${PATH}/:name`

  app.get<One>(path, route('issues/labels#get-a-label', needsRepository(context, 'read')), async request => {
    const { repository } = repositoryOf(request)
    const label = await getLabel(context.store.read, repository, request.params.name)
    return labelJson(label, repository, linksOf(request))
  })

  app.patch<One & { Body: ChangeBody }>(
    path,
    route('issues/labels#update-a-label', needsUnarchived(context, 'write'), {
      body: { type: 'object', properties: { new_name: { type: 'string' }, ...FIELDS } },
    }),
    async request => {
      const wanted = checked(changesIn(request.body))
      const label = await commit(context, request, async work => {
        const before = await getLabel(work.tx, work.repository, request.params.name)
        const { changes, was } = difference(before, wanted)
        if (Object.keys(changes).length === 0) return before
        const after = await updateLabel(work.tx, work.repository.id, before, changes)
        tell(work, { action: 'edited', label: after, changes: was })
        return after
      })
      return labelJson(label, repositoryOf(request).repository, linksOf(request))
    },
  )

  app.delete<One>(
    path,
    route('issues/labels#delete-a-label', needsUnarchived(context, 'write')),
    async (request, reply) => {
      await commit(context, request, async work => {
        const label = await getLabel(work.tx, work.repository, request.params.name)
        await deleteLabel(work.tx, label.id)
        tell(work, { action: 'deleted', label })
      })
      return reply.code(204).send()
    },
  )
}

// Other keys are ignored, as GitHub does: clients send back a whole label, with its `name`.
function changesIn({ new_name: name, color, description }: ChangeBody): LabelChanges {
  return {
    ...(name !== undefined && { name }),
    ...(color !== undefined && { color }),
    ...(description !== undefined && { description }),
  }
}

async function getLabel(db: Db, repository: Repository, name: string): Promise<Label> {
  const label = await findLabel(db, repository.id, name)
  if (!label) throw notFound()
  return label
}

function tell({ tell, repository, sender, links }: Work, event: LabelEvent): void {
  const scene = { repository, sender }
  tell(repositoryDraft('label', labelPayload(event, scene, links), scene))
}

/** A colour is six hexadecimal digits. GitHub refuses a `#` before them; here it is dropped. */
function checked(wanted: LabelChanges): LabelChanges {
  const name = wanted.name?.trim()
  const color = wanted.color?.replace(/^#/, '').toLowerCase()
  const isColor = color === undefined || /^[0-9a-f]{6}$/.test(color)
  const faults: ErrorItem[] = [
    ...(name === undefined ? [] : labelNameFaults(name)),
    ...(isColor ? [] : [{ resource: 'Label', code: 'invalid', field: 'color' } as const]),
    ...tooLong('Label', 'description', wanted.description, DESCRIPTION_LENGTH_MAX),
    ...controlFaults('Label', 'description', wanted.description),
  ]
  refuse(faults)
  return {
    ...(name !== undefined && { name }),
    ...(color !== undefined && { color }),
    ...(wanted.description !== undefined && { description: wanted.description || null }),
  }
}

function difference(before: Label, wanted: LabelChanges): { changes: LabelChanges; was: LabelChanges } {
  const { name, color, description } = wanted
  const isRenamed = name !== undefined && name !== before.name
  const isRecoloured = color !== undefined && color !== before.color
  const isRedescribed = description !== undefined && description !== before.description
  return {
    changes: {
      ...(isRenamed && { name }),
      ...(isRecoloured && { color }),
      ...(isRedescribed && { description }),
    },
    was: {
      ...(isRenamed && { name: before.name }),
      ...(isRecoloured && { color: before.color }),
      ...(isRedescribed && { description: before.description }),
    },
  }
}
