// Make a repository, one's own or an organization's.
import { Button, Checkbox, FormControl, Select } from '@primer/react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type ErrorItem, getPage, send } from '../api.ts'
import { catalogue, useWords } from '../language.tsx'
import { FaultBanner } from '../parts/faults.tsx'
import { ForUser } from '../parts/for-user.tsx'
import { TextField, useForm } from '../parts/form.tsx'
import { Frame } from '../parts/frame.tsx'
import { usePageSearch } from '../parts/pager.tsx'
import type { User } from '../session.ts'
import type { Repository } from './repository.ts'

const WORDS = catalogue(
  {
    title: 'New repository',
    home: 'Repositories',
    owner: 'Owner',
    name: 'Repository name',
    nameHint: 'Letters, digits, hyphens, underscores and dots.',
    description: 'Description (optional)',
    isPrivate: 'Private',
    privateHint: 'Only you, and whom you let in, can see it. Its webhooks are delivered all the same.',
    create: 'Create repository',
  },
  {
    title: 'Nouveau dépôt',
    home: 'Dépôts',
    owner: 'Propriétaire',
    name: 'Nom du dépôt',
    nameHint: 'Lettres sans accent, chiffres, traits d’union, tirets bas et points.',
    description: 'Description (facultative)',
    isPrivate: 'Privé',
    privateHint:
      'Vous seul, et ceux que vous y invitez, pouvez le voir. Ses webhooks sont livrés comme les autres.',
    create: 'Créer le dépôt',
  },
)

export function NewRepositoryPage() {
  const words = useWords(WORDS)
  return (
    <Frame trail={[{ to: '/', label: words.home }]} title={words.title}>
      <ForUser>{user => <NewRepositoryForm user={user} />}</ForUser>
    </Frame>
  )
}

const FIELDS: readonly string[] = ['name', 'description', 'private']

function NewRepositoryForm({ user }: { readonly user: User }) {
  const words = useWords(WORDS)
  const { search } = usePageSearch()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [owner, setOwner] = useState(String(search.owner ?? user.login))
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const [isPrivate, setPrivate] = useState(false)
  const { data: organizations } = useQuery({
    queryKey: ['organizations'],
    queryFn: ({ signal }) => getPage<{ readonly login: string }>('/user/orgs?per_page=100', signal),
  })
  const owners = [user.login, ...(organizations?.items.map(({ login }) => login) ?? [])]
  // The one that was asked for is there before the list of the others has come.
  const offered = owners.includes(owner) ? owners : [...owners, owner]

  const creation = useMutation({
    mutationFn: () => {
      const path = owner === user.login ? '/user/repos' : `/orgs/${encodeURIComponent(owner)}/repos`
      return send<Repository>('POST', path, { name, description, private: isPrivate })
    },
    onSuccess: async ({ full_name: made }) => {
      await queries.invalidateQueries({ queryKey: ['repositories'] })
      await navigate({ to: `/${made}` })
    },
  })
  const { faults, props } = useForm(creation, fieldOf)
  return (
    <form {...props} className="frame-form">
      <FaultBanner faults={faults} />
      <FormControl>
        <FormControl.Label>{words.owner}</FormControl.Label>
        <Select value={owner} onChange={event => setOwner(event.target.value)}>
          {offered.map(login => (
            <Select.Option key={login} value={login}>
              {login}
            </Select.Option>
          ))}
        </Select>
      </FormControl>
      <TextField
        label={words.name}
        caption={words.nameHint}
        field="name"
        faults={faults}
        required
        value={name}
        autoComplete="off"
        autoCapitalize="none"
        change={setName}
      />
      <TextField
        label={words.description}
        field="description"
        faults={faults}
        dir="auto"
        value={description}
        change={setDescription}
      />
      <FormControl>
        <Checkbox checked={isPrivate} onChange={event => setPrivate(event.target.checked)} />
        <FormControl.Label>{words.isPrivate}</FormControl.Label>
        <FormControl.Caption>{words.privateHint}</FormControl.Caption>
      </FormControl>
      <div className="frame-buttons">
        <Button type="submit" variant="primary" loading={creation.isPending}>
          {words.create}
        </Button>
      </div>
    </form>
  )
}

// GitHub tells of a name that is missing or taken without naming the field.
function fieldOf({ field, message = '' }: ErrorItem): string | undefined {
  if (field !== undefined) return FIELDS.includes(field) ? field : undefined
  return message.startsWith('name ') ? 'name' : undefined
}
