// The other end of the bench: a process that answers every POST with 200 as cheaply as Node can, and
// counts. One port stands for one receiver.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const count = Number(process.argv[2] ?? 1)
const ports: number[] = []
for (let index = 0; index < count; index++) {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.end('ok'))
  })
  server.keepAliveTimeout = 60_000
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  ports.push((server.address() as AddressInfo).port)
}
process.send?.(ports)
process.on('disconnect', () => process.exit())
