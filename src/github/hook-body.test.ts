import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { AppError, type ErrorItem } from '../errors.ts'
import { DEFAULT_CHOICES, type Hook } from '../hook.ts'
import { MASK, Secret } from '../secret.ts'
import { type HookBody, hookEventFaults, readConfigChange, readHookChange, readNewHook } from './hook-body.ts'

const url = 'https://example.com/payload'

const hook: Hook = {
  accountId: 1,
  id: 7,
  target: { kind: 'repository', id: 9 },
  active: true,
  events: ['fork', 'push'],
  config: { url, contentType: 'json', secret: new Secret('hush'), insecureSsl: true },
  createdAt: new Date(0),
  updatedAt: new Date(0),
  deletedAt: null,
  ...DEFAULT_CHOICES,
}

function itemsOf(read: () => unknown): readonly ErrorItem[] {
  try {
    read()
  } catch (error) {
    assert.ok(error instanceof AppError)
    assert.equal(error.code, 'validation_failed')
    return error.items
  }
  return []
}

function messagesOf(read: () => unknown): readonly (string | undefined)[] {
  return itemsOf(read).map(item => item.message)
}

suite('a new hook', () => {
  test('it fills in what GitHub fills in', () => {
    assert.deepEqual(readNewHook({ config: { url } }, 'repository'), {
      active: true,
      events: ['push'],
      config: { url, contentType: 'form', secret: null, insecureSsl: false },
    })
  })

  test('it takes all that can be said', () => {
    const body: HookBody = {
      name: 'web',
      active: false,
      events: ['pull_request', 'issues', 'issues'],
      config: { url, content_type: 'json', secret: 'hush', insecure_ssl: '1' },
    }
    const { config, ...draft } = readNewHook(body, 'repository')
    assert.deepEqual(draft, { active: false, events: ['pull_request', 'issues'] })
    assert.equal(config.secret?.reveal(), 'hush')
    assert.equal(config.contentType, 'json')
    assert.equal(config.insecureSsl, true)
  })

  test('it takes insecure_ssl as a number, and an empty secret as none', () => {
    const { config } = readNewHook({ config: { url, insecure_ssl: 1, secret: '' } }, 'repository')
    assert.equal(config.insecureSsl, true)
    assert.equal(config.secret, null)
    assert.equal(readNewHook({ config: { url, insecure_ssl: 0 } }, 'repository').config.insecureSsl, false)
  })

  test('it lets the wildcard replace every name', () => {
    assert.deepEqual(readNewHook({ events: ['push', '*'], config: { url } }, 'repository').events, ['*'])
  })

  test('it does not let the wildcard hide a name that is not allowed', () => {
    assert.deepEqual(
      messagesOf(() => readNewHook({ events: ['gist', '*'], config: { url } }, 'repository')),
      ['These events are not allowed for this hook: gist'],
    )
  })

  test('it asks for an address', () => {
    for (const body of [{}, { config: {} }, { config: { url: '' } }]) {
      assert.deepEqual(
        itemsOf(() => readNewHook(body, 'repository')),
        [{ resource: 'Hook', code: 'custom', message: 'Config must contain URL for webhooks' }],
      )
    }
  })

  test('it refuses what is no web address', () => {
    const wrong = [
      'example.com',
      '//example.com',
      'ftp://example.com/',
      'javascript:alert(1)',
      'http:/example.com',
      'https://',
      'http:///e.invalid',
      'https://?x=e.example',
      'https://#e.example',
      'https://exa mple.com/',
      'https://example.com/"',
      'https://example.com/<x>',
      'https://example.com/é',
      ' https://example.com/',
      'https://example.com/\n',
      'https://example.com:99999/',
      42,
      null,
      ['https://example.com/'],
    ]
    for (const url of wrong) {
      assert.deepEqual(
        messagesOf(() => readNewHook({ config: { url } }, 'repository')),
        [
          "The URL you've entered is not valid. Please make sure that you encode all special characters first",
        ],
        String(url),
      )
    }
  })

  test('it keeps an address exactly as it was sent', () => {
    const right = [
      'HTTP://EXAMPLE.com:80/a/../b?x=%20&y[]=1#z',
      'https://[2606:4700::1111]/x',
      'http://user:pass@example.com',
    ]
    for (const url of right) assert.equal(readNewHook({ config: { url } }, 'repository').config.url, url)
  })

  test('it refuses an address above 2,048 characters', () => {
    const long = url.padEnd(2049, 'x')
    assert.deepEqual(
      messagesOf(() => readNewHook({ config: { url: long } }, 'repository')),
      ['url is too long (maximum is 2048 characters)'],
    )
    assert.equal(readNewHook({ config: { url: long.slice(0, -1) } }, 'repository').config.url.length, 2048)
  })

  test('it names each key that is none of a config', () => {
    const config = { url, 'content-type': 'json', active: true, username: 'x' }
    assert.deepEqual(
      itemsOf(() => readNewHook({ config }, 'repository')),
      [
        { resource: 'Hook', code: 'custom', message: 'Invalid config attribute: content-type' },
        { resource: 'Hook', code: 'custom', message: 'Invalid config attribute: active' },
        { resource: 'Hook', code: 'custom', message: 'Invalid config attribute: username' },
      ],
    )
  })

  test('it names ten of them at the most, and of each the beginning', () => {
    const unknown = Array.from({ length: 1000 }, (_, index) => [`${index}${'x'.repeat(200)}`, 1])
    const messages = messagesOf(() =>
      readNewHook({ config: { url, ...Object.fromEntries(unknown) } }, 'repository'),
    )
    assert.equal(messages.length, 10)
    assert.equal(messages[9], `Invalid config attribute: 9${'x'.repeat(99)}`)
  })

  test('it takes the two that GitHub describes for organizations alone, and drops them', () => {
    const config = { url, username: 'x', password: 'y' }
    assert.deepEqual(readNewHook({ name: 'web', config }, 'organization').config, {
      url,
      contentType: 'form',
      secret: null,
      insecureSsl: false,
    })
  })

  test('it refuses application/json: the word is json', () => {
    assert.deepEqual(
      itemsOf(() => readNewHook({ config: { url, content_type: 'application/json' } }, 'repository')),
      [
        {
          resource: 'Hook',
          code: 'custom',
          field: 'content_type',
          message: 'content_type must be "json" or "form"',
        },
      ],
    )
  })

  test('it refuses an insecure_ssl that is neither yes nor no', () => {
    for (const insecure_ssl of ['2', 2, '', true, false, null, 'true']) {
      assert.deepEqual(
        itemsOf(() => readNewHook({ config: { url, insecure_ssl } }, 'repository')).map(item => item.field),
        ['insecure_ssl'],
        String(insecure_ssl),
      )
    }
  })

  test('it refuses the mask in place of a secret, and a secret that is no text', () => {
    for (const secret of [MASK, 7, null, {}]) {
      const items = itemsOf(() => readNewHook({ config: { url, secret } }, 'repository'))
      assert.deepEqual(
        items.map(item => item.field),
        ['secret'],
        String(secret),
      )
    }
  })

  test('it refuses a secret above 1,024 characters', () => {
    const secret = 's'.repeat(1025)
    const fault = {
      resource: 'Hook',
      code: 'custom',
      field: 'secret',
      message: 'secret is too long (maximum is 1024 characters)',
    }
    assert.deepEqual(
      itemsOf(() => readNewHook({ config: { url, secret } }, 'repository')),
      [fault],
    )
    assert.deepEqual(
      itemsOf(() => readConfigChange({ secret }, hook.config)),
      [fault],
    )
    const longest = readNewHook({ config: { url, secret: secret.slice(1) } }, 'repository').config.secret
    assert.equal(longest?.reveal().length, 1024)
  })

  test('it refuses any name but web', () => {
    assert.deepEqual(
      itemsOf(() => readNewHook({ name: 'email', config: { url } }, 'repository')),
      [{ resource: 'Hook', code: 'invalid', field: 'name' }],
    )
  })

  test('it wants the name of an organization’s hook said', () => {
    assert.deepEqual(
      itemsOf(() => readNewHook({ config: { url } }, 'organization')),
      [{ resource: 'Hook', code: 'missing_field', field: 'name' }],
    )
    assert.equal(readNewHook({ name: 'web', config: { url } }, 'organization').active, true)
  })

  test('it tells all faults in one answer', () => {
    const body: HookBody = {
      name: 'cli',
      events: ['push', 'workflow_dispatch', 'nonsense'],
      config: { content_type: 'xml', secret: MASK, insecure_ssl: 3, digest: 'sha1' },
    }
    const items = itemsOf(() => readNewHook(body, 'repository'))
    assert.deepEqual(
      items.map(item => item.field ?? item.message),
      [
        'name',
        'Config must contain URL for webhooks',
        'content_type',
        'secret',
        'insecure_ssl',
        'Invalid config attribute: digest',
        'These events are not allowed for this hook: workflow_dispatch, nonsense',
      ],
    )
  })
})

suite('the events of a hook', () => {
  test('it allows what may be subscribed to on such a target, and the wildcard', () => {
    assert.deepEqual(hookEventFaults(['*'], 'repository'), [])
    assert.deepEqual(hookEventFaults(['issues', 'push', 'project'], 'repository'), [])
    assert.deepEqual(hookEventFaults(['membership', 'issues'], 'organization'), [])
  })

  test('it names what is not allowed, once each, in one item', () => {
    assert.deepEqual(hookEventFaults(['membership', 'push', 'gist', 'gist'], 'repository'), [
      {
        resource: 'Hook',
        code: 'custom',
        message: 'These events are not allowed for this hook: membership, gist',
      },
    ])
  })

  test('it refuses to listen to nothing', () => {
    assert.deepEqual(hookEventFaults([], 'repository'), [
      { resource: 'Hook', code: 'custom', field: 'events', message: 'events must name at least one event' },
    ])
  })
})

suite('a changed hook', () => {
  test('it stays as it is where nothing is said', () => {
    const { active, events, config } = hook
    assert.deepEqual(readHookChange({}, hook), { active, events, config })
    assert.equal(readHookChange({ active: false }, hook).config.secret?.reveal(), 'hush')
  })

  test('it replaces a config whole: secret, content type and insecure_ssl go', () => {
    assert.deepEqual(readHookChange({ config: { url } }, hook).config, {
      url,
      contentType: 'form',
      secret: null,
      insecureSsl: false,
    })
    assert.deepEqual(
      messagesOf(() => readHookChange({ config: { content_type: 'json' } }, hook)),
      ['Config must contain URL for webhooks'],
    )
  })

  test('it replaces, then adds, then removes events', () => {
    assert.deepEqual(readHookChange({ events: ['issues'] }, hook).events, ['issues'])
    assert.deepEqual(readHookChange({ add_events: ['push', 'issues'] }, hook).events, [
      'fork',
      'push',
      'issues',
    ])
    assert.deepEqual(readHookChange({ remove_events: ['push', 'star'] }, hook).events, ['fork'])
    const all = { events: ['issues'], add_events: ['star', 'watch'], remove_events: ['star'] }
    assert.deepEqual(readHookChange(all, hook).events, ['issues', 'watch'])
  })

  test('it keeps the wildcard while single names come and go', () => {
    const wild = { ...hook, events: ['*'] }
    assert.deepEqual(readHookChange({ add_events: ['push'], remove_events: ['issues'] }, wild).events, ['*'])
    assert.deepEqual(readHookChange({ add_events: ['*'] }, hook).events, ['*'])
  })

  test('it does not go deaf', () => {
    const deaf = [{ events: [] }, { remove_events: ['fork', 'push'] }]
    for (const body of deaf) {
      assert.deepEqual(
        itemsOf(() => readHookChange(body, hook)).map(item => item.field),
        ['events'],
      )
    }
  })

  test('it judges only the names that were sent', () => {
    const old = { ...hook, events: ['gone_by_now'] }
    assert.deepEqual(readHookChange({ add_events: ['push'] }, old).events, ['gone_by_now', 'push'])
    assert.deepEqual(
      messagesOf(() => readHookChange({ events: ['push'], add_events: ['gist'] }, hook)),
      ['These events are not allowed for this hook: gist'],
    )
  })

  test('it refuses another name', () => {
    assert.deepEqual(
      itemsOf(() => readHookChange({ name: 'cli' }, hook)).map(item => item.field),
      ['name'],
    )
  })
})

suite('a changed config', () => {
  test('it merges: only what is sent changes', () => {
    const changed = readConfigChange({ content_type: 'form' }, hook.config)
    assert.deepEqual(
      { ...changed, secret: changed.secret?.reveal() },
      {
        url,
        contentType: 'form',
        secret: 'hush',
        insecureSsl: true,
      },
    )
    assert.deepEqual(readConfigChange({}, hook.config), hook.config)
  })

  test('it clears a secret with empty text, and refuses the mask', () => {
    assert.equal(readConfigChange({ secret: '' }, hook.config).secret, null)
    assert.deepEqual(
      itemsOf(() => readConfigChange({ secret: MASK }, hook.config)).map(item => item.field),
      ['secret'],
    )
  })

  test('it does not lose its address', () => {
    assert.deepEqual(
      messagesOf(() => readConfigChange({ url: '' }, hook.config)),
      ['Config must contain URL for webhooks'],
    )
  })
})
