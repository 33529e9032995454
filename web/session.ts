// Who is signed in. A page that needs somebody sends the others to the sign-in page.
import { useQuery } from '@tanstack/react-query'
import { ApiError, get } from './api.ts'
import { BASE } from './base.ts'

export type User = {
  readonly login: string
  readonly id: number
  readonly avatar_url: string
  readonly site_admin: boolean
}

/** Undefined while it is not known yet, null for nobody. */
export function useUser(): User | null | undefined {
  return useUserQuery().data
}

/** The same, and why it cannot be known. */
export function useUserQuery() {
  return useQuery({ queryKey: ['user'], queryFn: readUser, staleTime: 60_000 })
}

async function readUser(): Promise<User | null> {
  try {
    return await get<User>('/user')
  } catch (error) {
    // Whoever has been suspended (403) may sign in as somebody else.
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return null
    throw error
  }
}

export function signInAddress(): string {
  const here = location.pathname + location.search
  return `${BASE}/login?return_to=${encodeURIComponent(here)}`
}
