// What the peers run on: Redis and Postgres from the system's packages, installed when they are missing
// and we may, on free ports of loopback, with their data in a folder that goes away. Both keep what they
// have accepted: Redis with its append-only file, which it syncs each second as it does by default;
// Postgres with fsync and synchronous commits.
import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { chownSync, existsSync, globSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { atExit, makeFolder } from './temporary.ts'

export type Services = {
  readonly redisPort: number
  /**
   * One of its own for each peer; gives its URL. In a common one they wake each other, since channels
   * of notifications belong to the database.
   */
  createDatabase(name: string): string
  /** As they call themselves, and what was set. */
  readonly told: Readonly<Record<'redis' | 'postgres', string>>
  stop(): Promise<void>
}

// The defaults of a small machine would have it write checkpoints while we measure.
const POSTGRES_SETTINGS = ['shared_buffers=1GB', 'max_wal_size=8GB', 'max_connections=300']
const REDIS_SETTINGS = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--save', '']

const START_DEADLINE_MS = 30_000

export async function startServices(): Promise<Services> {
  installMissing()
  const redis = await startRedis()
  const postgres = await startPostgres()
  return {
    redisPort: redis.port,
    createDatabase: postgres.createDatabase,
    told: { redis: redis.told, postgres: postgres.told },
    async stop() {
      // To Postgres this is a fast shutdown; to Redis the end, too.
      await Promise.all([end(redis.child, 'SIGINT'), end(postgres.child, 'SIGINT')])
    },
  }
}

async function startRedis() {
  const program = findOnPath('redis-server') ?? missing('redis-server')
  const port = await freePort()
  const folder = makeFolder('redis')
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, ...REDIS_SETTINGS]
  const child = await startService(program, args, /Ready to accept connections/)
  return { port, child, told: `${firstLine(program, ['--version'])} (${REDIS_SETTINGS.join(' ')})` }
}

async function startPostgres() {
  const bin = findPostgres() ?? missing('postgresql')
  const user = postgresUser()
  const folder = makeFolder('postgres')
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  const init = ['-D', data, '-U', 'bench', '-A', 'trust', '--no-instructions']
  execFileSync(join(bin, 'initdb'), init, { ...user, cwd: folder, stdio: 'pipe' })

  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`, ...POSTGRES_SETTINGS]
  const args = ['-D', data, '-p', `${port}`, ...settings.flatMap(setting => ['-c', setting])]
  const child = await startService(join(bin, 'postgres'), args, /ready to accept connections/, {
    ...user,
    cwd: folder,
  })
  const version = firstLine(join(bin, 'postgres'), ['--version'])
  return {
    child,
    createDatabase(name: string) {
      execFileSync(join(bin, 'createdb'), ['-h', '127.0.0.1', '-p', `${port}`, '-U', 'bench', name])
      return `postgres://bench@127.0.0.1:${port}/${name}`
    },
    told: `${version} (${POSTGRES_SETTINGS.join(', ')})`,
  }
}

async function startService(
  program: string,
  args: readonly string[],
  ready: RegExp,
  options: SpawnOptions = {},
): Promise<ChildProcess> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  atExit(() => child.kill('SIGKILL'))
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const complain = (what: string) => reject(new Error(`${program} ${what}:\n${said}`))
    const deadline = setTimeout(() => complain('did not start in time'), START_DEADLINE_MS)
    const listen = (text: string) => {
      if (said.length < 20_000) said += text
      if (!ready.test(said)) return
      clearTimeout(deadline)
      resolve()
    }
    child.stdout?.setEncoding('utf8').on('data', listen)
    child.stderr?.setEncoding('utf8').on('data', listen)
    child.once('error', reject)
    child.once('exit', code => complain(`ended with ${code}`))
  })
  return child
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill(signal)
  await ended
}

/** It refuses to run as root: then it runs as the user that its package has made. */
function postgresUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

function installMissing(): void {
  const wanted = [
    ...(findOnPath('redis-server') ? [] : ['redis-server']),
    ...(findPostgres() ? [] : ['postgresql']),
  ]
  if (wanted.length === 0 || process.getuid?.() !== 0 || !findOnPath('apt-get')) return
  console.log(`Installing ${wanted.join(', ')} for the peers`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Out of sight; an error carries what apt-get wrote.
  execFileSync('apt-get', ['update'], { env, stdio: 'pipe' })
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...wanted], { env, stdio: 'pipe' })
}

/** Debian keeps each version in a folder of its own, and off the path. */
function findPostgres(): string | undefined {
  const [newest] = globSync('/usr/lib/postgresql/*/bin/postgres').sort().toReversed()
  const found = newest ?? findOnPath('postgres')
  return found?.slice(0, -'/postgres'.length)
}

function findOnPath(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return folders.map(folder => join(folder, name)).find(path => existsSync(path))
}

function missing(name: string): never {
  throw new Error(`${name} is missing: install it, or run this as root on Debian`)
}

function firstLine(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8' }).split('\n', 1)[0] ?? ''
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}
