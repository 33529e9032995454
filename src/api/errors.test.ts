import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fastify } from 'fastify'
import { pino } from 'pino'
import { AppError } from '../errors.ts'
import { answerError } from './errors.ts'

test('logs what is ours to mend by its route, never by its address', async t => {
  const lines: string[] = []
  const log = pino({ base: null }, { write: line => void lines.push(line) })
  const app = fastify()
  t.after(() => app.close())
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, log))
  app.get('/login/:code', async () => {
    throw new Error('a bug')
  })
  app.post('/busy/:code', async () => {
    throw new AppError('unavailable', 'Later.', { retryAfterSeconds: 5 })
  })

  const failed = await app.inject('/login/one-time-code?key=hunter2')
  assert.deepEqual([failed.statusCode, failed.json().message], [500, 'Server Error'])
  const busy = await app.inject({ method: 'POST', url: '/busy/one-time-code' })
  assert.deepEqual([busy.statusCode, busy.headers['retry-after']], [503, '5'])
  const [bug, putOff] = lines.map(line => JSON.parse(line))
  assert.deepEqual([bug.method, bug.route], ['GET', '/login/:code'])
  assert.deepEqual([putOff.method, putOff.route], ['POST', '/busy/:code'])
  assert.doesNotMatch(lines.join(''), /one-time-code|hunter2/)
})
