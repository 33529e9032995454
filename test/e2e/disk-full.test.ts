// A disk that fills up: what cannot be stored is refused, what was accepted is delivered all the same,
// and the server goes on by itself when there is room again.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { startReceiver } from '../../src/engine/test-engine.ts'
import { programsIn } from './program.ts'
import { REPOSITORY, Site } from './site.ts'

// Room for the empty database, for a ballast that is taken away later, and for a few hundred events.
const DISK_BYTES = 24 * 1024 * 1024
const BALLAST_BYTES = 12 * 1024 * 1024

const PAYLOAD = { action: 'opened', pad: 'x'.repeat(20_000) }

test('refuses what it cannot store, loses nothing, and recovers when there is room', async t => {
  const disk = await mountDisk(t)
  if (disk === undefined) return t.skip('a disk of our own can be mounted by root on Linux alone')
  await writeFile(join(disk, 'ballast'), Buffer.alloc(BALLAST_BYTES))

  const receiver = await startReceiver(t)
  const { start } = await programsIn(t)
  const site = await Site.start((args, env) => start([...args, '--data', join(disk, 'data')], env))
  await site.createRepository('hello')
  await site.createHook({ url: receiver.url })
  await receiver.got(1)

  const accepted: string[] = []
  const refused = await publishUntilRefused(site, accepted)
  assert.equal(refused.status, 503)
  assert.match(refused.json.message, /store|room|disk/i)
  assert.equal(refused.json.status, '503')
  assert.ok(Number(refused.headers.get('retry-after')) > 0)
  assert.ok(accepted.length > 0, 'some were accepted first')

  await rm(join(disk, 'ballast'))
  // Not at once: what was attempted while the disk was full is settled first.
  for (let done = 0; done < 3; ) {
    const { status, json } = await publish(site)
    if (status === 202) {
      accepted.push(json.guid)
      done++
    } else assert.equal(status, 503)
  }
  await site.settled()
  const received = new Set(receiver.received.map(({ headers }) => headers['x-github-delivery']))
  assert.deepEqual(
    accepted.filter(guid => !received.has(guid)),
    [],
  )
})

async function publishUntilRefused(site: Site, accepted: string[]) {
  for (;;) {
    const answer = await publish(site)
    if (answer.status !== 202) return answer
    accepted.push(answer.json.guid)
  }
}

function publish(site: Site) {
  return site.request('POST', `${REPOSITORY}/events?validate=false`, {
    body: { event: 'issues', payload: PAYLOAD },
  })
}

async function mountDisk(t: TestContext): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    await rm(folder, { recursive: true })
    return undefined
  }
  t.after(async () => {
    execFileSync('umount', ['--lazy', folder])
    await rm(folder, { recursive: true })
  })
  return folder
}
