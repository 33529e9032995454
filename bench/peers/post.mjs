// The POST that every peer makes: GitHub's headers, both signatures, a pool of connections for each
// receiver as the bare loop has it.
import { createHmac } from 'node:crypto'
import { Pool } from 'undici'

// Deliveries under way at once: so many that full batches are there to be taken. More are no faster.
export const WINDOW = 500

export function createPoster({ urls, connectionsPerReceiver, secret }) {
  const pools = new Map(
    urls.map(url => [
      url,
      new Pool(new URL(url).origin, { connections: connectionsPerReceiver, pipelining: 1 }),
    ]),
  )

  return {
    /** What came of it, as it is remembered. */
    async post({ id, hookId, url, body }) {
      const headers = {
        accept: '*/*',
        'content-type': 'application/json',
        'user-agent': 'GitHub-Hookshot/0000000',
        'x-github-delivery': id,
        'x-github-event': 'issues',
        'x-github-hook-id': String(hookId),
        'x-hub-signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`,
        'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      }
      const startedAt = new Date()
      const startedMs = performance.now()
      const answer = await pools.get(url).request({ path: '/payload', method: 'POST', headers, body })
      const responseBody = await answer.body.text()
      if (answer.statusCode > 299) throw new Error(`answered ${answer.statusCode}`)
      return {
        id,
        hookId,
        url,
        startedAt,
        tookMs: Math.round(performance.now() - startedMs),
        status: answer.statusCode,
        requestHeaders: JSON.stringify(headers),
        responseHeaders: JSON.stringify(answer.headers),
        responseBody,
      }
    },
    close: () => Promise.all([...pools.values()].map(pool => pool.close())),
  }
}
