// What only those who have signed in are shown; the others are led to the sign-in page.
import type { ReactNode } from 'react'
import { ApiError } from '../api.ts'
import { type User, useUserQuery } from '../session.ts'
import { Failure } from './failure.tsx'
import { Loading } from './loading.tsx'

export type ForUserProps = {
  /** For nobody in particular. */
  readonly stranger?: ReactNode
  children(user: User): ReactNode
}

export function ForUser({ stranger, children }: ForUserProps) {
  const { data: user, error, refetch } = useUserQuery()
  if (user) return children(user)
  if (user === null) return stranger ?? <Failure error={new ApiError(401, '')} />
  return error ? <Failure error={error} retry={refetch} /> : <Loading />
}
