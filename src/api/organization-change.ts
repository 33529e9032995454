// What an organization can be told of itself, and what it cannot be.
import { customItem, type ErrorItem } from '../errors.ts'
import type { AccountChanges, Profile } from '../store/profiles.ts'
import { controlFaults, isWebAddress, tooLong } from './fields.ts'

type Text = string | null

export type OrganizationBody = {
  readonly name?: Text
  readonly email?: Text
  readonly description?: Text
  readonly company?: Text
  readonly location?: Text
  readonly blog?: Text
  readonly billing_email?: Text
  readonly twitter_username?: Text
  readonly default_repository_permission?: string
  readonly members_can_create_repositories?: boolean
}

const TEXT = { type: ['string', 'null'] } as const

export const ORGANIZATION_FIELDS = {
  name: TEXT,
  email: TEXT,
  description: TEXT,
  company: TEXT,
  location: TEXT,
  blog: TEXT,
  billing_email: TEXT,
  twitter_username: TEXT,
  default_repository_permission: { type: 'string', enum: ['read', 'write', 'admin', 'none'] },
  members_can_create_repositories: { type: 'boolean' },
} as const

const TEXT_LENGTH_MAX = 255
// GitHub's.
const DESCRIPTION_LENGTH_MAX = 160
const TEXTS = ['name', 'email', 'company', 'location', 'blog', 'billing_email', 'twitter_username'] as const

export function organizationFaults(body: OrganizationBody): ErrorItem[] {
  const resource = 'Organization'
  return [
    ...TEXTS.flatMap(key => [
      ...tooLong(resource, key, body[key], TEXT_LENGTH_MAX),
      ...controlFaults(resource, key, body[key]),
    ]),
    ...tooLong(resource, 'description', body.description, DESCRIPTION_LENGTH_MAX),
    ...controlFaults(resource, 'description', body.description),
    ...(['email', 'billing_email'] as const).flatMap((field): ErrorItem[] =>
      !body[field] || EMAIL.test(body[field]) ? [] : [{ resource, code: 'invalid', field }],
    ),
    ...(!body.blog || isWebAddress(body.blog)
      ? []
      : [customItem(resource, 'blog must be an address that begins with http:// or https://', 'blog')]),
    ...settingFaults(body),
  ]
}

// What members may do is the same everywhere. To agree to another setting and not to keep it would open, or
// close, what somebody relies on.
function settingFaults(body: OrganizationBody): ErrorItem[] {
  const { default_repository_permission: permission, members_can_create_repositories: mayCreate } = body
  return [
    ...(permission === undefined || permission === 'write'
      ? []
      : [
          customItem(
            'Organization',
            'default_repository_permission can only be write: every member may push',
            'default_repository_permission',
          ),
        ]),
    ...(mayCreate === false
      ? [
          customItem(
            'Organization',
            'members_can_create_repositories can only be true',
            'members_can_create_repositories',
          ),
        ]
      : []),
  ]
}

const EMAIL = /^[^\s@]+@[^\s@]+$/

/** An empty text and null take back what was told. */
export function organizationChanges(body: OrganizationBody, before: Profile): AccountChanges {
  const { name, email, description } = body
  const told = {
    company: body.company,
    location: body.location,
    blog: body.blog,
    billingEmail: body.billing_email,
    twitterUsername: body.twitter_username,
  }
  const kept = {
    ...before,
    ...Object.fromEntries(Object.entries(told).filter(([, text]) => text !== undefined)),
  }
  return {
    ...(name !== undefined && { name: name || null }),
    ...(email !== undefined && { email: email || null }),
    ...(description !== undefined && { description: description || null }),
    profile: Object.fromEntries(Object.entries(kept).filter(([, text]) => text)),
  }
}
