// What is asked of a server, remembered for as long as it is worth.
import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './api.ts'

const RETRIES_MAX = 2

export const queries = new QueryClient({
  defaultOptions: {
    // The server may be on this very machine: what a browser thinks of its network tells nothing of it, and
    // whoever saves is told at once that nothing answered.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      // What was refused once is refused again; what did not answer may answer.
      retry: (failures, error) =>
        failures < RETRIES_MAX && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
      staleTime: 2_000,
    },
  },
})
