// A delivery as a command for a shell. The signatures are made anew from a variable of the shell, since the
// server gives away neither the secret nor a signature.
import type { Delivery } from './delivery.ts'

// A header of the request, and how its value is made of the file `$body`, the secret, and the time.
const SIGNED: Readonly<Record<string, string>> = {
  'x-hub-signature': 'sha1=$(openssl dgst -sha1 -hmac "$SECRET" "$body" | sed \'s/^.*= *//\')',
  'x-hub-signature-256': 'sha256=$(openssl dgst -sha256 -hmac "$SECRET" "$body" | sed \'s/^.*= *//\')',
  'webhook-timestamp': '$now',
  'webhook-signature':
    'v1,$({ printf %s "$id.$now."; cat "$body"; } | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)',
}

// Of the secret before the last: there is one variable only.
const LEFT_OUT: ReadonlySet<string> = new Set(['x-hookline-previous-signature-256'])

// The standard's secrets are base64 behind their prefix; any other is its own bytes.
const STANDARD_KEY = `key=$(case "$SECRET" in whsec_*) printf %s "\${SECRET#whsec_}" | openssl base64 -d -A;; *) printf %s "$SECRET";; esac | od -An -v -tx1 | tr -d ' \\n')`

const NEEDS_SECRET =
  'test -n "$SECRET" || { echo "Set SECRET to the secret of the webhook: export SECRET=..." >&2; exit 1; }'

/** Then it needs the secret. */
export function isSigned({ request }: Delivery): boolean {
  return Object.keys(request.headers ?? {}).some(name => name.toLowerCase() === 'x-hub-signature-256')
}

export function curlOf(delivery: Delivery): string {
  const { guid, url, request } = delivery
  const headers = Object.entries(request.headers ?? {})
  const isStandard = headers.some(([name]) => name.toLowerCase() === 'webhook-timestamp')
  const isForm = headers.some(([name, value]) => /^content-type$/i.test(name) && value.includes('urlencoded'))
  const json = JSON.stringify(request.payload)
  const body = isForm ? `payload=${encodeURIComponent(json)}` : json
  const lines = [
    '(',
    ...(isSigned(delivery) ? [NEEDS_SECRET] : []),
    'body=$(mktemp) || exit',
    'trap \'rm -f "$body"\' EXIT',
    `printf %s ${quoted(body)} > "$body"`,
    ...(isStandard ? [`id=${quoted(guid)}`, 'now=$(date +%s)', STANDARD_KEY] : []),
    [
      `curl --include --request POST ${quoted(url)}`,
      ...headers.flatMap(([name, value]) => headerOf(name, value)),
      '  --data-binary "@$body"',
    ].join(' \\\n'),
    ')',
  ]
  return `${lines.join('\n')}\n`
}

function headerOf(name: string, value: string): string[] {
  const key = name.toLowerCase()
  if (LEFT_OUT.has(key)) return []
  const made = SIGNED[key]
  return [`  --header ${made === undefined ? quoted(`${name}: ${value}`) : `"${name}: ${made}"`}`]
}

/** As a word of a shell, whatever is in it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
