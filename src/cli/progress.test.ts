import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { Progress } from './progress.ts'

function paper(isTTY: boolean) {
  const written: string[] = []
  const write = (text: string | Uint8Array) => written.push(String(text)) > 0
  return { isTTY, write, written }
}

suite('progress', () => {
  test('is one line on a terminal, drawn over until there is something to say', () => {
    const out = paper(true)
    const progress = new Progress('Issues', out)
    progress.show(1, 4, '100 found')
    progress.show(4, 4, '317 found')
    progress.say('317 issues.')
    const [first = '', second = '', last = ''] = out.written
    assert(first.startsWith('\r\x1b[K') && second.startsWith('\r\x1b[K'))
    assert.equal(stripVTControlCharacters(first), `\rIssues  ${'━'.repeat(24)}  1/4  100 found`)
    assert.equal(last, '\r\x1b[K317 issues.\n')
    assert.doesNotMatch(first + second, /\n/)
  })

  test('is ten plain lines at most elsewhere, the last one included', () => {
    const out = paper(false)
    const progress = new Progress('Issues', out)
    for (let page = 1; page <= 300; page++) progress.show(page, 300, `${page * 100} found`)
    assert.equal(out.written.length, 10)
    assert.equal(out.written.at(-1), 'Issues: 300 of 300 pages, 30000 found\n')
  })
})
