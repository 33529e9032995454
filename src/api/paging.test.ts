import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify'
import { cursorLinks, linkHeader, readPage } from './paging.ts'

describe('readPage', () => {
  it('takes GitHub’s defaults, and the nearest sensible number for any other', () => {
    assert.deepEqual(readPage({}), { page: 1, perPage: 30 })
    assert.deepEqual(readPage(undefined), { page: 1, perPage: 30 })
    assert.deepEqual(readPage({ page: '3', per_page: '100' }), { page: 3, perPage: 100 })
    assert.deepEqual(readPage({ page: '0', per_page: '101' }), { page: 1, perPage: 100 })
    assert.deepEqual(readPage({ page: 'x', per_page: '-1' }), { page: 1, perPage: 30 })
    assert.deepEqual(readPage({ page: '1.5', per_page: '' }), { page: 1, perPage: 30 })
    assert.deepEqual(readPage({ page: ['1', '2'], per_page: '1e400' }), { page: 1, perPage: 30 })
    assert.equal(readPage({ page: '99999999999' }).page, 100_000)
  })
})

describe('links', () => {
  it('lead to the pages that there are', async () => {
    const link = (url: string, page: number, total: number) =>
      withRequest(url, request => linkHeader(request, { page, perPage: 10 }, total))
    const at = (page: number) => `<http://h.example/list?q=a+b&page=${page}>`
    assert.equal(await link('/list', 1, 10), undefined)
    assert.equal(await link('/list?q=a%20b', 1, 21), `${at(2)}; rel="next", ${at(3)}; rel="last"`)
    assert.equal(
      await link('/list?q=a+b&page=2', 2, 21),
      `${at(1)}; rel="prev", ${at(3)}; rel="next", ${at(3)}; rel="last", ${at(1)}; rel="first"`,
    )
    assert.equal(await link('/list?q=a+b&page=9', 9, 21), `${at(3)}; rel="prev", ${at(1)}; rel="first"`)
  })

  it('of deliveries name the first of the page, and have their keys sorted behind the first one', async () => {
    const link = (url: string, next: number | null, prev: number | null) =>
      withRequest(url, request => cursorLinks(request, { next, prev }))
    const first = '/x?per_page=1&cursor=v1_4'
    const later = (id: number) => `<http://h.example/x?cursor=v1_${id}&per_page=1>`
    assert.equal(await link('/x?per_page=1', 4, null), `<http://h.example${first}>; rel="next"`)
    assert.equal(await link(first, 3, 5), `${later(3)}; rel="next", ${later(5)}; rel="prev"`)
    assert.equal(await link(first, null, null), undefined)
  })
})

/** A real request, without a socket: what is under test only reads its URL and its host. */
async function withRequest<T>(url: string, ask: (request: FastifyRequest) => T): Promise<T> {
  const app: FastifyInstance = fastify()
  app.decorate('baseUrl', null)
  const answers: T[] = []
  app.get('/*', async request => {
    answers.push(ask(request))
    return ''
  })
  await app.inject({ url, headers: { host: 'h.example' } })
  await app.close()
  return answers[0] as T
}
