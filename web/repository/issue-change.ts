// A change of an issue, after which everything that shows it is read anew.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Issue, issueQuery, issuesKey } from './issue.ts'
import type { RepositoryPlace } from './repository.ts'

export function useIssueChange<Input>(
  place: RepositoryPlace,
  issue: Issue,
  change: (input: Input) => Promise<unknown>,
) {
  const queries = useQueryClient()
  const { owner, repo } = place
  return useMutation({
    mutationFn: change,
    onSettled: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: issueQuery(place, `${issue.number}`).queryKey }),
        queries.invalidateQueries({ queryKey: ['comments', owner, repo, `${issue.number}`] }),
        queries.invalidateQueries({ queryKey: issuesKey(place) }),
        queries.invalidateQueries({ queryKey: ['repository', owner, repo] }),
      ]),
  })
}
