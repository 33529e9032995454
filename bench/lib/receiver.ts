// The other end of a bench: a process with one port for each receiver, as cheap as Node can be.
//
//   plain     answers 200 at once
//   timed     the same, and remembers how long ago the payload was published
//   hanging   accepts and never answers
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nowMicros, sentAtMicros } from './payload.ts'
import type { ReceiverCounts, ReceiverPorts } from './receivers.ts'

let tookMs: number[] = []

const counts = JSON.parse(process.argv[2] ?? '{}') as ReceiverCounts
const ports: ReceiverPorts = {
  plain: await listen(counts.plain, (request, response) => {
    request.resume()
    request.on('end', () => response.end('ok'))
  }),
  timed: await listen(counts.timed, (request, response) => {
    let sentAt = 0
    request.once('data', chunk => {
      sentAt = sentAtMicros(chunk)
    })
    request.on('end', () => {
      tookMs.push((nowMicros() - sentAt) / 1000)
      response.end('ok')
    })
  }),
  hanging: await listen(counts.hanging, request => request.resume()),
}
process.on('message', () => {
  process.send?.(tookMs)
  tookMs = []
})
process.on('disconnect', () => process.exit())
process.send?.(ports)

async function listen(count = 0, answer: RequestListener): Promise<number[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer(answer)
      server.keepAliveTimeout = 60_000
      // A hanging receiver hangs for as long as the other side has patience.
      server.requestTimeout = 0
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      return (server.address() as AddressInfo).port
    }),
  )
}
