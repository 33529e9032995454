// What one can see: one's repositories, those of one's organizations, and the first steps for somebody new.
import { OrganizationIcon } from '@primer/octicons-react'
import { Heading } from '@primer/react'
import { Blankslate } from '@primer/react/experimental'
import { useQuery } from '@tanstack/react-query'
import { getPage } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { Failure } from '../parts/failure.tsx'
import { ForUser } from '../parts/for-user.tsx'
import { Frame } from '../parts/frame.tsx'
import { Link, LinkButton } from '../parts/link.tsx'
import { Loading } from '../parts/loading.tsx'
import { RepositoryList } from '../repository/repository-list.tsx'
import { signInAddress, type User } from '../session.ts'
import { FirstSteps } from './first-steps.tsx'

import './home.css'

const WORDS = catalogue(
  {
    home: 'Home',
    repositories: 'Repositories',
    add: 'New repository',
    organizations: 'Your organizations',
    noOrganizations: 'You belong to none.',
    welcome: 'Hookline',
    welcomeWhy: 'GitHub’s webhooks on a server of your own. Sign in to see your repositories.',
    signIn: 'Sign in',
  },
  {
    home: 'Accueil',
    repositories: 'Dépôts',
    add: 'Nouveau dépôt',
    organizations: 'Vos organisations',
    noOrganizations: 'Vous n’appartenez à aucune.',
    welcome: 'Hookline',
    welcomeWhy: 'Les webhooks de GitHub sur votre propre serveur. Connectez-vous pour voir vos dépôts.',
    signIn: 'Se connecter',
  },
)

export function HomePage() {
  return <ForUser stranger={<Stranger />}>{user => <Home user={user} />}</ForUser>
}

function Stranger() {
  const words = useWords(WORDS)
  return (
    <Frame title={words.welcome}>
      <Blankslate border>
        <Blankslate.Description>{words.welcomeWhy}</Blankslate.Description>
        <Blankslate.PrimaryAction href={signInAddress()}>{words.signIn}</Blankslate.PrimaryAction>
      </Blankslate>
    </Frame>
  )
}

function Home({ user }: { readonly user: User }) {
  const words = useWords(WORDS)
  return (
    <Frame
      title={words.home}
      heading={words.repositories}
      action={
        <LinkButton to="/new" variant="primary">
          {words.add}
        </LinkButton>
      }
    >
      <div className="home">
        <div className="frame">
          <RepositoryList path="/user/repos" empty={<FirstSteps login={user.login} />} />
        </div>
        <Organizations />
      </div>
    </Frame>
  )
}

type Organization = { readonly login: string; readonly description: string | null }

// Somebody with more of them has them searched elsewhere.
const ORGANIZATIONS_MAX = 100

function Organizations() {
  const words = useWords(WORDS)
  const { data, error, refetch } = useQuery({
    queryKey: ['organizations'],
    queryFn: ({ signal }) => getPage<Organization>(`/user/orgs?per_page=${ORGANIZATIONS_MAX}`, signal),
  })
  return (
    <section aria-labelledby="organizations" className="home-organizations">
      <Heading as="h2" variant="small" id="organizations">
        {words.organizations}
      </Heading>
      {error ? (
        <Failure error={error} retry={refetch} />
      ) : !data ? (
        <Loading rows={1} />
      ) : data.items.length === 0 ? (
        <p className="frame-muted">{words.noOrganizations}</p>
      ) : (
        <ul>
          {data.items.map(({ login }) => (
            <li key={login}>
              <Link to={`/${login}`}>
                <OrganizationIcon /> {login}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
