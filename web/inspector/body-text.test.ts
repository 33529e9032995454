import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deflateSync, gzipSync } from 'node:zlib'
import { decode, hexOf, indentJson, readBody } from './body-text.ts'

const bytesOf = (text: string | Buffer) => new Uint8Array(Buffer.from(text))

describe('A body', () => {
  test('is indented as JSON by its text, with every number and name that it has', () => {
    const text = '{"a":[1,{"b":12345678901234567890}],"a":{},"c":[],"d":"x{[,:\\"]","e":1.0}'
    const lines = [
      '{',
      '  "a": [',
      '    1,',
      '    {',
      '      "b": 12345678901234567890',
      '    }',
      '  ],',
      '  "a": {},',
      '  "c": [],',
      '  "d": "x{[,:\\"]",',
      '  "e": 1.0',
      '}',
    ]
    assert.equal(indentJson(text), lines.join('\n'))
    assert.equal(indentJson(lines.join('\r\n')), lines.join('\n'))
  })

  test('is no JSON when it is none, or too deep to be read', () => {
    for (const text of ['', 'null', '"a"', '{', '{"a":}', '['.repeat(300) + ']'.repeat(300)])
      assert.equal(indentJson(text), null, text)
  })

  test('is the payload of a form, as JSON', async () => {
    const form = `payload=${encodeURIComponent('{"a":"é b+c"}')}`
    const headers = [['Content-Type', 'application/x-www-form-urlencoded']] as const
    const { raw, pretty } = await readBody(bytesOf(form), headers)
    assert.equal(raw, form)
    assert.equal(pretty, 'payload = {\n  "a": "é b+c"\n}')
  })

  test('is unpacked, also when its end is missing', async () => {
    const text = '{"long":"'.padEnd(100_000, 'ab1 ')
    for (const [coding, packed] of [
      ['gzip', gzipSync(text)],
      ['deflate', deflateSync(text)],
    ] as const) {
      const headers = [['content-encoding', coding]] as const
      assert.deepEqual(await readBody(bytesOf(packed), headers), {
        raw: text,
        pretty: null,
        unpacked: coding,
      })
      const { raw } = await readBody(bytesOf(packed.subarray(0, -20)), headers)
      assert.ok(raw !== null && raw !== '' && text.startsWith(raw))
    }
    const { raw } = await readBody(bytesOf('not packed'), [['Content-Encoding', 'gzip']])
    assert.equal(raw, 'not packed')
  })

  test('is read by its charset, and is no text when it is none', async () => {
    const latin = Uint8Array.from([0xe9])
    const type = [['Content-Type', 'text/plain; charset=ISO-8859-1']] as const
    assert.equal((await readBody(latin, type)).raw, 'é')
    assert.equal((await readBody(latin, [['Content-Type', 'text/plain; charset=unheard-of']])).raw, null)
    assert.equal(decode(Uint8Array.from([0xff])), null)
    assert.equal(decode(Uint8Array.from([65, 0])), null)
    // The second byte of it was not kept.
    assert.equal(decode(Uint8Array.from([65, 0xc3])), 'A')
  })

  test('is shown by its bytes when it is no text', () => {
    assert.equal(
      hexOf(bytesOf('\0\u0001ABC<script>xyz~')),
      [
        '00000000  00 01 41 42 43 3c 73 63 72 69 70 74 3e 78 79 7a  ..ABC<script>xyz',
        `00000010  7e${' '.repeat(45)}  ~`,
      ].join('\n'),
    )
  })
})
