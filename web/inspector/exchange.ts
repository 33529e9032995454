// An exchange as the inspector's API gives it.

export type End = 'complete' | 'upgraded' | 'refused' | 'timed_out' | 'aborted' | 'broken'
export type Verdict = 'valid' | 'invalid' | 'missing' | 'unchecked' | 'cut' | 'pending'
export type HeaderList = readonly (readonly [name: string, value: string])[]

export type Replay = {
  readonly of: number
  readonly isEdited: boolean
  readonly signature: 'kept' | 'made' | 'stale' | null
}

export type Summary = {
  readonly id: number
  readonly startedAt: string
  readonly method: string
  readonly target: string
  readonly status: number | null
  readonly end: End | null
  readonly waitMs: number | null
  readonly tookMs: number | null
  readonly replay: Replay | null
  readonly webhook: {
    readonly event: string | null
    readonly delivery: string | null
    readonly hook: string | null
  } | null
  readonly signature: Verdict | null
}

export type Body = {
  readonly url: string
  readonly size: number
  readonly kept: number
  readonly isCut: boolean
}

export type Exchange = Summary & {
  readonly request: { readonly headers: HeaderList; readonly body: Body }
  readonly response: {
    readonly status: number
    readonly reason: string
    readonly headers: HeaderList
    readonly body: Body
  } | null
}

export type Settings = {
  readonly local: string
  readonly hostHeader: string | null
  readonly isSecretKnown: boolean
}

export type Filters = { readonly method: string; readonly status: string; readonly path: string }

/** The first of that name, which is given in lower case. */
export function headerOf(headers: HeaderList, name: string): string | undefined {
  return headers.find(([given]) => given.toLowerCase() === name)?.[1]
}
