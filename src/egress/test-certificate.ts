// X.509 certificates for tests, written by hand in DER (RFC 5280, 4.1), since Node signs but does
// not issue them. Made anew in each run, so that no key lies in the repository and none expires.
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export type Certificate = {
  readonly subject: string
  /** Both as PEM, as `node:tls` takes them. */
  readonly cert: string
  readonly key: string
  readonly privateKey: KeyObject
}

export type Wanted = {
  readonly subject: string
  readonly names?: readonly string[]
  /** One IPv4 address. */
  readonly address?: readonly [number, number, number, number]
  readonly authority?: boolean
  /** Who signs it: itself when nobody is given. */
  readonly by?: Certificate | undefined
  /** Days from now. */
  readonly from?: number
  readonly to?: number
}

const DAY_MS = 24 * 60 * 60 * 1000
const ECDSA_SHA256 = der(0x30, der(0x06, hex('2a8648ce3d040302')))

export function issue({
  subject,
  names = [],
  address,
  authority,
  by,
  from = -1,
  to = 1,
}: Wanted): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const alternatives = names.map(name => der(0x82, Buffer.from(name)))
  if (address) alternatives.push(der(0x87, Buffer.from(address)))

  const extensions: Buffer[] = []
  if (authority) extensions.push(extension('551d13', der(0x30, der(0x01, hex('ff')))))
  if (alternatives.length > 0) extensions.push(extension('551d11', der(0x30, ...alternatives)))

  const body = der(
    0x30,
    der(0xa0, der(0x02, hex('02'))), // Version 3.
    der(0x02, Buffer.concat([hex('01'), randomBytes(8)])),
    ECDSA_SHA256,
    commonName(by?.subject ?? subject),
    der(0x30, time(from), time(to)),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [der(0xa3, der(0x30, ...extensions))] : []),
  )
  const signature = sign('sha256', body, by?.privateKey ?? privateKey)
  return {
    subject,
    cert: pem(der(0x30, body, ECDSA_SHA256, der(0x03, hex('00'), signature))),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    privateKey,
  }
}

function extension(oid: string, value: Buffer): Buffer {
  return der(0x30, der(0x06, hex(oid)), der(0x04, value))
}

function commonName(name: string): Buffer {
  return der(0x30, der(0x31, der(0x30, der(0x06, hex('550403')), der(0x0c, Buffer.from(name)))))
}

/** UTCTime: `261124221100Z`. */
function time(days: number): Buffer {
  const text = new Date(Date.now() + days * DAY_MS).toISOString().replace(/[-:T]|\.\d+/g, '')
  return der(0x17, Buffer.from(text.slice(2)))
}

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents)
  const size = content.length
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

function hex(digits: string): Buffer {
  return Buffer.from(digits, 'hex')
}

function pem(bytes: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64')}\n-----END CERTIFICATE-----\n`
}
