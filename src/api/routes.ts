// Every route that there is, by resource.
import type { FastifyInstance } from 'fastify'
import type { ApiContext } from './context.ts'
import { pageRoutes } from './pages/pages.ts'
import { adminRoutes } from './routes/admin.ts'
import { assigneeRoutes } from './routes/assignees.ts'
import { avatarRoutes } from './routes/avatars.ts'
import { commentRoutes } from './routes/comments.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { dispatchRoutes } from './routes/dispatches.ts'
import { eventRoutes } from './routes/events.ts'
import { explanationRoutes } from './routes/explanations.ts'
import { filterRoutes } from './routes/filters.ts'
import { healthRoutes } from './routes/health.ts'
import { hookHealthRoutes } from './routes/hook-health.ts'
import { hookRoutes } from './routes/hooks.ts'
import { issueLabelRoutes } from './routes/issue-labels.ts'
import { issueRoutes } from './routes/issues.ts'
import { labelRoutes } from './routes/labels.ts'
import { metaRoutes } from './routes/meta.ts'
import { organizationRoutes } from './routes/organizations.ts'
import { policyRoutes } from './routes/policy.ts'
import { recoveryRoutes } from './routes/recoveries.ts'
import { repositoryRoutes } from './routes/repositories.ts'
import { repositoryListRoutes } from './routes/repository-lists.ts'
import { secretRoutes } from './routes/secret.ts'
import { starRoutes } from './routes/stars.ts'
import { undeliveredRoutes } from './routes/undelivered.ts'
import { userRoutes } from './routes/users.ts'

type Routes = (app: FastifyInstance, context: ApiContext) => void

/** GitHub's REST API, and what Hookline adds to it. */
export const apiRoutes: readonly Routes[] = [
  metaRoutes,
  userRoutes,
  organizationRoutes,
  repositoryRoutes,
  repositoryListRoutes,
  issueRoutes,
  issueLabelRoutes,
  assigneeRoutes,
  commentRoutes,
  labelRoutes,
  starRoutes,
  dispatchRoutes,
  hookRoutes,
  policyRoutes,
  filterRoutes,
  secretRoutes,
  deliveryRoutes,
  undeliveredRoutes,
  explanationRoutes,
  hookHealthRoutes,
  recoveryRoutes,
  eventRoutes,
  adminRoutes,
]

/** Pages, pictures, and what operators ask. */
export const siteRoutes: readonly Routes[] = [avatarRoutes, healthRoutes, pageRoutes]
