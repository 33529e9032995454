// Every route that there is, by resource.
import type { FastifyInstance } from 'fastify'
import type { ApiContext } from './context.ts'
import { byIdRoutes } from './moved.ts'
import { pageRoutes } from './pages/pages.ts'
import { adminRoutes } from './routes/admin.ts'
import { adminListRoutes } from './routes/admin-lists.ts'
import { assigneeRoutes } from './routes/assignees.ts'
import { avatarRoutes } from './routes/avatars.ts'
import { collaboratorRoutes } from './routes/collaborators.ts'
import { commentRoutes } from './routes/comments.ts'
import { deliveryRoutes } from './routes/deliveries.ts'
import { deliveryStreamRoutes } from './routes/delivery-stream.ts'
import { dispatchRoutes } from './routes/dispatches.ts'
import { eventListRoutes } from './routes/event-list.ts'
import { eventTypeRoutes } from './routes/event-types.ts'
import { eventRoutes } from './routes/events.ts'
import { explanationRoutes } from './routes/explanations.ts'
import { filterRoutes } from './routes/filters.ts'
import { healthRoutes } from './routes/health.ts'
import { hookHealthRoutes } from './routes/hook-health.ts'
import { hookRoutes } from './routes/hooks.ts'
import { installationRoutes } from './routes/installations.ts'
import { integrationInstallationRoutes } from './routes/integration-installations.ts'
import { integrationRoutes } from './routes/integrations.ts'
import { issueLabelRoutes } from './routes/issue-labels.ts'
import { issueRoutes } from './routes/issues.ts'
import { labelRoutes } from './routes/labels.ts'
import { memberRoutes } from './routes/members.ts'
import { membershipRoutes } from './routes/memberships.ts'
import { metaRoutes } from './routes/meta.ts'
import { milestoneRoutes } from './routes/milestones.ts'
import { organizationRoutes } from './routes/organizations.ts'
import { passwordRoutes } from './routes/passwords.ts'
import { policyRoutes } from './routes/policy.ts'
import { recoveryRoutes } from './routes/recoveries.ts'
import { repositoryRoutes } from './routes/repositories.ts'
import { repositoryListRoutes } from './routes/repository-lists.ts'
import { secretRoutes } from './routes/secret.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { starRoutes } from './routes/stars.ts'
import { tokenRoutes } from './routes/tokens.ts'
import { tunnelRoutes } from './routes/tunnels.ts'
import { undeliveredRoutes } from './routes/undelivered.ts'
import { userRoutes } from './routes/users.ts'
import { webhookEventRoutes } from './routes/webhook-events.ts'

type Routes = (app: FastifyInstance, context: ApiContext) => void

/** GitHub's REST API, and what Hookline adds to it. */
export const apiRoutes: readonly Routes[] = [
  byIdRoutes,
  metaRoutes,
  userRoutes,
  organizationRoutes,
  memberRoutes,
  membershipRoutes,
  repositoryRoutes,
  repositoryListRoutes,
  collaboratorRoutes,
  issueRoutes,
  issueLabelRoutes,
  assigneeRoutes,
  commentRoutes,
  labelRoutes,
  milestoneRoutes,
  starRoutes,
  dispatchRoutes,
  hookRoutes,
  policyRoutes,
  filterRoutes,
  secretRoutes,
  deliveryRoutes,
  deliveryStreamRoutes,
  undeliveredRoutes,
  explanationRoutes,
  hookHealthRoutes,
  recoveryRoutes,
  eventRoutes,
  eventListRoutes,
  eventTypeRoutes,
  webhookEventRoutes,
  integrationRoutes,
  integrationInstallationRoutes,
  installationRoutes,
  adminRoutes,
  adminListRoutes,
  tokenRoutes,
  passwordRoutes,
  sessionRoutes,
  tunnelRoutes,
]

/** Pages, pictures, and what operators ask. */
export const siteRoutes: readonly Routes[] = [avatarRoutes, healthRoutes, pageRoutes]
