// `issue_comment`: what happened to a comment on an issue.
import type { Comment, Issue } from '../../issue.ts'
import { commentJson, webhookIssueJson } from '../issue.ts'
import type { Links } from '../links.ts'
import type { OfIssue, Webhook } from '../openapi.ts'
import { type Scene, sceneJson } from './scene.ts'

/** `was` is the text before it was edited. */
export type IssueCommentEvent = { readonly issue: Issue; readonly comment: Comment } & (
  | { readonly action: 'created' | 'deleted' }
  | { readonly action: 'edited'; readonly was: string }
)

export function issueCommentPayload(event: IssueCommentEvent, scene: Scene, links: Links) {
  const issue = webhookIssueJson(event.issue, scene.repository, links)
  const comment = commentJson(event.comment, scene.repository, links)
  const rest = sceneJson(scene, links)

  switch (event.action) {
    case 'created':
      return { action: event.action, issue, comment, ...rest } satisfies OfIssue<
        Webhook['webhook-issue-comment-created']
      >
    case 'deleted':
      return { action: event.action, issue, comment, ...rest } satisfies OfIssue<
        Webhook['webhook-issue-comment-deleted']
      >
    // Here `changes` stands before the subject, in every recording.
    case 'edited':
      return {
        action: event.action,
        changes: { body: { from: event.was } },
        issue,
        comment,
        ...rest,
      } satisfies OfIssue<Webhook['webhook-issue-comment-edited']>
  }
}
