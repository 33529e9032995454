// For somebody who has no repository yet: what to do first, here or by the API.
import { Heading, Text } from '@primer/react'
import { BASE } from '../base.ts'
import { catalogue, useWords } from '../language.tsx'
import { Code } from '../parts/code.tsx'
import { Link, LinkButton } from '../parts/link.tsx'

const WORDS = catalogue(
  {
    title: 'First steps',
    repository: 'Make a repository.',
    repositoryWhy: 'Webhooks belong to a repository or to an organization.',
    make: 'New repository',
    token: 'Make an access token.',
    tokenWhy: 'Programs use the API with it, as they use GitHub’s.',
    tokens: 'Access tokens',
    hook: 'Add a webhook.',
    hookWhy: 'In the repository’s settings, or by the API:',
    issue: 'Open an issue.',
    issueWhy: 'The webhook is told of it at once; its page shows what was sent and what was answered.',
  },
  {
    title: 'Premiers pas',
    repository: 'Créez un dépôt.',
    repositoryWhy: 'Un webhook appartient à un dépôt ou à une organisation.',
    make: 'Nouveau dépôt',
    token: 'Créez un jeton d’accès.',
    tokenWhy: 'Les programmes s’en servent pour appeler l’API, comme celle de GitHub.',
    tokens: 'Jetons d’accès',
    hook: 'Ajoutez un webhook.',
    hookWhy: 'Dans les paramètres du dépôt, ou par l’API :',
    issue: 'Ouvrez un problème.',
    issueWhy:
      'Le webhook en est aussitôt informé ; sa page montre ce qui a été envoyé et ce qui a été répondu.',
  },
)

export function FirstSteps({ login }: { readonly login: string }) {
  const words = useWords(WORDS)
  const api = `${location.origin}${BASE}`
  const curl = `curl -H "Authorization: token $TOKEN" ${api}`
  return (
    <section className="first-steps" aria-labelledby="first-steps">
      <Heading as="h2" variant="small" id="first-steps">
        {words.title}
      </Heading>
      <ol>
        <li>
          <Text as="p">
            <strong>{words.repository}</strong> {words.repositoryWhy}
          </Text>
          <LinkButton to="/new" variant="primary">
            {words.make}
          </LinkButton>
        </li>
        <li>
          <Text as="p">
            <strong>{words.token}</strong> {words.tokenWhy}{' '}
            <Link inline to="/settings/tokens">
              {words.tokens}
            </Link>
          </Text>
          <Code text={`${curl}/user/repos -d '{"name": "hello"}'`} />
        </li>
        <li>
          <Text as="p">
            <strong>{words.hook}</strong> {words.hookWhy}
          </Text>
          <Code
            text={`${curl}/repos/${login}/hello/hooks \\\n  -d '{"events": ["issues"], "config": {"url": "http://localhost:4567/payload", "content_type": "json"}}'`}
          />
        </li>
        <li>
          <Text as="p">
            <strong>{words.issue}</strong> {words.issueWhy}
          </Text>
          <Code text={`${curl}/repos/${login}/hello/issues -d '{"title": "It works"}'`} />
        </li>
      </ol>
    </section>
  )
}
