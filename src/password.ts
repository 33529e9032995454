// Passwords: how one is judged, and how it is kept and proved without being known. Scrypt (RFC 7914) runs
// on the thread pool, a few at a time.
import { type BinaryLike, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { AppError } from './errors.ts'

const derive = promisify<BinaryLike, BinaryLike, number, ScryptOptions, Buffer>(scrypt)

/** What scrypt costs: its time is N · r · p, its memory 128 · N · r bytes. */
type Cost = { readonly n: number; readonly r: number; readonly p: number }

// 32 MB and about 80 ms of one core, measured: a person does not notice it, and somebody with a copy of the
// database makes a dozen guesses a second with each core. Kept with each hash, so that it can grow.
const COST: Cost = { n: 2 ** 15, r: 8, p: 1 }
const COST_MAX: Cost = { n: 2 ** 18, r: 16, p: 8 }

const SALT_BYTES = 16
const KEY_BYTES = 32
const OWN_BYTES = 1024 * 1024

// Each holds 32 MB and a thread of the pool (of four, which files and name lookups share).
const UNDER_WAY_MAX = 2
// About a second's worth: a person waits no longer.
const WAITING_MAX = 20

// NIST SP 800-63B: length counts, composition does not, and long ones are welcome.
const PASSWORD_LENGTH_MIN = 10
const PASSWORD_LENGTH_MAX = 256

/** Why this cannot be the password of that account, or null. */
export function passwordFault(password: string, login: string): string | null {
  const length = isBounded(password) ? [...normal(password)].length : Number.POSITIVE_INFINITY
  if (length < PASSWORD_LENGTH_MIN) {
    return `password is too short (minimum is ${PASSWORD_LENGTH_MIN} characters)`
  }
  if (length > PASSWORD_LENGTH_MAX) {
    return `password is too long (maximum is ${PASSWORD_LENGTH_MAX} characters)`
  }
  if (password.toLowerCase().includes(login.toLowerCase()) && length < login.length + PASSWORD_LENGTH_MIN) {
    return 'password cannot be the login with a little added'
  }
  if (new Set(password).size < 4) return 'password is too easy to guess: it repeats itself'
  return null
}

/** What is kept: `scrypt$n=…,r=…,p=…$salt$key`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  const key = await keyOf(password, salt, COST)
  return `scrypt$n=${COST.n},r=${COST.r},p=${COST.p}$${salt.toString('base64url')}$${key.toString('base64url')}`
}

/** Takes the same time without a hash: who has no password, or does not exist, cannot be told apart. */
export async function provesPassword(password: string, hash: string | undefined): Promise<boolean> {
  const kept = hash === undefined ? undefined : readHash(hash)
  if (hash !== undefined && !kept) throw new Error('a stored password cannot be read')
  const { cost, salt, key } = kept ?? NOBODYS
  // What is too long to be one is a body of megabytes, perhaps.
  const derived = await keyOf(isBounded(password) ? password : '', salt, cost)
  return timingSafeEqual(derived, key) && kept !== undefined
}

// UTF-16 units: an emoji has two, and a letter with its accents apart has several.
const UNITS_MAX = 8 * PASSWORD_LENGTH_MAX

function isBounded(password: string): boolean {
  return password.length <= UNITS_MAX
}

type Kept = { readonly cost: Cost; readonly salt: Buffer; readonly key: Buffer }

const NOBODYS: Kept = { cost: COST, salt: randomBytes(SALT_BYTES), key: randomBytes(KEY_BYTES) }

function readHash(hash: string): Kept | undefined {
  const [, n, r, p, salt = '', key = ''] =
    /^scrypt\$n=(\d+),r=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(hash) ?? []
  const cost = { n: Number(n), r: Number(r), p: Number(p) }
  const kept = { cost, salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') }
  const isCheap = cost.n <= COST_MAX.n && cost.r <= COST_MAX.r && cost.p <= COST_MAX.p
  return isCheap && kept.key.length === KEY_BYTES ? kept : undefined
}

let underWay = 0
const waiting: (() => void)[] = []

async function keyOf(password: string, salt: Buffer, { n, r, p }: Cost): Promise<Buffer> {
  await takeTurn()
  try {
    const options = { N: n, r, p, maxmem: 128 * n * r + OWN_BYTES }
    return await derive(normal(password), salt, KEY_BYTES, options)
  } finally {
    const next = waiting.shift()
    if (next) next()
    else underWay -= 1
  }
}

async function takeTurn(): Promise<void> {
  if (underWay < UNDER_WAY_MAX) {
    underWay += 1
    return
  }
  if (waiting.length >= WAITING_MAX) {
    throw new AppError('unavailable', 'Too many people are signing in at once. Please try again.', {
      retryAfterSeconds: 5,
    })
  }
  // Whoever ends hands its turn over.
  await new Promise<void>(resolve => waiting.push(resolve))
}

// Keyboards and systems write the same letter in different ways (NIST SP 800-63B, 5.1.1.2).
function normal(password: string): string {
  return password.normalize('NFKC')
}
