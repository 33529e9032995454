// The text of an issue, its comments, and the form for one more, which also closes and reopens.
import { Button, FormControl, Textarea } from '@primer/react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { type FormEvent, useRef, useState } from 'react'
import { type ErrorItem, send } from '../api.ts'
import { catalogue, useFormats, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { FaultBanner, fieldFault, statusOf, useFaultFocus, useFaults } from '../parts/faults.tsx'
import { Link } from '../parts/link.tsx'
import { Loading } from '../parts/loading.tsx'
import { signInAddress, useUser } from '../session.ts'
import { type Author, commentsQuery, type Issue } from './issue.ts'
import { useIssueChange } from './issue-change.ts'
import type { RepositoryPlace } from './repository.ts'

const WORDS = catalogue(
  {
    comments: 'Comments',
    noText: 'No description provided.',
    more: 'Show more comments',
    add: 'Add a comment',
    comment: 'Comment',
    close: 'Close issue',
    closeWith: 'Close with comment',
    reopen: 'Reopen issue',
    reopenWith: 'Reopen with comment',
    signIn: 'Sign in to comment',
    on: (time: string) => `on ${time}`,
  },
  {
    comments: 'Commentaires',
    noText: 'Aucune description.',
    more: 'Afficher plus de commentaires',
    add: 'Ajouter un commentaire',
    comment: 'Commenter',
    close: 'Fermer le problème',
    closeWith: 'Fermer avec ce commentaire',
    reopen: 'Rouvrir le problème',
    reopenWith: 'Rouvrir avec ce commentaire',
    signIn: 'Connectez-vous pour commenter',
    on: (time: string) => `le ${time}`,
  },
)

export type IssueThreadProps = {
  readonly place: RepositoryPlace
  readonly issue: Issue
  readonly mayChange: boolean
  readonly mayComment: boolean
}

export function IssueThread({ place, issue, mayChange, mayComment }: IssueThreadProps) {
  const words = useWords(WORDS)
  const user = useUser()
  const list = useInfiniteQuery(commentsQuery(place, `${issue.number}`))
  const comments = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <div className="frame">
      <Written author={issue.user} at={issue.created_at} text={issue.body || words.noText} />
      {list.error ? (
        <Failure error={list.error} retry={list.refetch} />
      ) : list.data ? (
        comments.length > 0 && (
          <ol className="issue-thread" aria-label={words.comments}>
            {comments.map(({ id, user: author, created_at: at, body }) => (
              <li key={id}>
                <Written author={author} at={at} text={body} />
              </li>
            ))}
          </ol>
        )
      ) : (
        <Loading rows={2} />
      )}
      {list.hasNextPage && (
        <div className="frame-pages">
          <Button loading={list.isFetchingNextPage} onClick={() => list.fetchNextPage()}>
            {words.more}
          </Button>
        </div>
      )}
      {user === null && <a href={signInAddress()}>{words.signIn}</a>}
      {mayComment && <CommentForm place={place} issue={issue} mayChange={mayChange} />}
    </div>
  )
}

type WrittenProps = { readonly author: Author; readonly at: string; readonly text: string }

function Written({ author, at, text }: WrittenProps) {
  const words = useWords(WORDS)
  const { time } = useFormats()
  return (
    <article className="comment">
      <div className="comment-head">
        <Link to={`/${author.login}`}>{author.login}</Link> <time dateTime={at}>{words.on(time(at))}</time>
      </div>
      {/* It scrolls when it is long, and so has to be reached by keyboard. */}
      <div
        className="comment-text"
        dir="auto"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
        tabIndex={0}
      >
        {text}
      </div>
    </article>
  )
}

type Intent = { readonly state: 'open' | 'closed' | null }

type CommentFormProps = Omit<IssueThreadProps, 'mayComment'>

function CommentForm({ place, issue, mayChange }: CommentFormProps) {
  const words = useWords(WORDS)
  const form = useRef<HTMLFormElement>(null)
  const [body, setBody] = useState('')
  const path = `${place.api}/issues/${issue.number}`
  const isBlank = body.trim() === ''

  const change = useIssueChange(place, issue, async ({ state }: Intent) => {
    if (state === null || !isBlank) {
      await send('POST', `${path}/comments`, { body })
      // What has been said is not said again when the rest fails.
      setBody('')
    }
    if (state !== null) await send('PATCH', path, { state })
  })
  const faults = useFaults(change.error, fieldOf)
  useFaultFocus(form, change.error)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    change.mutate({ state: null })
  }
  const isOpen = issue.state === 'open'
  const turn = isOpen ? (isBlank ? words.close : words.closeWith) : isBlank ? words.reopen : words.reopenWith
  return (
    <form ref={form} className="frame" noValidate onSubmit={submit}>
      <FaultBanner faults={faults} />
      <FormControl>
        <FormControl.Label>{words.add}</FormControl.Label>
        <Textarea
          block
          dir="auto"
          rows={5}
          value={body}
          validationStatus={statusOf({ faults, field: 'body' })}
          onChange={event => setBody(event.target.value)}
        />
        {fieldFault({ faults, field: 'body' })}
      </FormControl>
      <div className="frame-buttons">
        {mayChange && (
          <Button
            disabled={change.isPending}
            onClick={() => change.mutate({ state: isOpen ? 'closed' : 'open' })}
          >
            {turn}
          </Button>
        )}
        <Button type="submit" variant="primary" loading={change.isPending}>
          {words.comment}
        </Button>
      </div>
    </form>
  )
}

function fieldOf({ field, message = '' }: ErrorItem): string | undefined {
  return field === 'body' || message.startsWith('body ') ? 'body' : undefined
}
