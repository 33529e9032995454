// A request as a command for a shell, to the local port. The body is that of the request, byte for byte, and its
// signature still fits.
import { quoted } from '../deliveries/curl.ts'
import { decode } from './body-text.ts'
import type { Exchange, Settings } from './exchange.ts'

// curl makes its own.
const LEFT_OUT = /^(?:connection|content-length|expect|keep-alive|te|trailer|transfer-encoding|upgrade)$/i

export function curlOf(exchange: Exchange, { local, hostHeader }: Settings, body: Uint8Array): string {
  const { method, target, request } = exchange
  const hasBody = body.length > 0
  const headers = request.headers
    .filter(([name]) => !LEFT_OUT.test(name))
    .map(([name, value]) =>
      /^host$/i.test(name) && hostHeader !== null ? ([name, hostHeader] as const) : ([name, value] as const),
    )
  const hasType = headers.some(([name]) => /^content-type$/i.test(name))
  // HEAD as a mere name would have curl wait for a body.
  const verb = method === 'HEAD' ? '--head' : `--include --request ${quoted(method)}`
  const isPath = target.startsWith('/')
  const lines = [
    `curl ${verb} --globoff --path-as-is ${quoted(isPath ? `${local}${target}` : local)}`,
    ...(isPath ? [] : [`  --request-target ${quoted(target)}`]),
    // A name with nothing after its colon would take the header away.
    ...headers.map(
      ([name, value]) => `  --header ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`,
    ),
    ...(hasBody && !hasType ? ["  --header 'Content-Type:'"] : []),
    ...(hasBody ? ['  --data-binary @-'] : []),
  ]
  return `${hasBody ? `${printed(body)} |\n` : ''}${lines.join(' \\\n')}\n`
}

// By a command of the shell's own: an argument of another program has 128 KB at most.
function printed(body: Uint8Array): string {
  const text = decode(body)
  if (text !== null && new TextEncoder().encode(text).length === body.length)
    return `printf %s ${quoted(text)}`
  return `printf %s ${quoted(base64Of(body))} | base64 -d`
}

function base64Of(body: Uint8Array): string {
  let text = ''
  for (const byte of body) text += String.fromCharCode(byte)
  return btoa(text)
}
