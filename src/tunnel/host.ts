// For whom a request is.
import type { IncomingMessage } from 'node:http'

/** RFC 9112, 3.2.2: the host of a whole address goes before the header. */
export function hostAskedFor({ url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>): string {
  const whole = url.startsWith('/') ? null : URL.parse(url)
  return (whole?.host || headers.host || '').toLowerCase()
}
