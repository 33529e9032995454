import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Budget, Overrun } from './budget.ts'
import { compileGlob, GlobError, matchesGlob, selects } from './glob.ts'

// The examples of GitHub's "Filter pattern cheat sheet" for workflows, each with what it must not match.
const EXAMPLES: [pattern: string, matches: string[], doesNot: string[]][] = [
  ['feature/*', ['feature/my-branch', 'feature/your-branch'], ['feature/beta-a/my-branch', 'feature']],
  [
    'feature/**',
    ['feature/beta-a/my-branch', 'feature/your-branch', 'feature/mona/the/octocat'],
    ['feature'],
  ],
  ['main', ['main'], ['maine', 'a/main', 'Main']],
  ['*', ['main', 'releases', 'README.md'], ['all/the/branches']],
  ['**', ['all/the/branches', 'every/tag', 'main'], []],
  ['*feature', ['mona-feature', 'feature', 'ver-10-feature'], ['a/feature', 'features']],
  ['v2*', ['v2', 'v2.0', 'v2.9'], ['v1', 'v2/x']],
  ['v[12].[0-9]+.[0-9]+', ['v1.10.1', 'v2.0.0'], ['v3.0.0', 'v1.10', 'v1..1', 'v1x10x1']],
  ['*.jsx?', ['page.js', 'page.jsx'], ['page.ts', 'a/page.js', 'page.jsxx']],
  ['*.js', ['app.js', 'index.js'], ['js/index.js']],
  ['**.js', ['index.js', 'js/index.js', 'src/js/app.js'], ['index.jsx']],
  ['docs/*', ['docs/README.md', 'docs/file.txt'], ['docs/a/b', 'docs']],
  ['docs/**', ['docs/README.md', 'docs/mona/octocat.txt'], ['docs', 'a/docs/b']],
  ['docs/**/*.md', ['docs/README.md', 'docs/mona/hello-world.md', 'docs/a/markdown/file.md'], ['docsa.md']],
  ['**/docs/**', ['docs/hello.md', 'dir/docs/my-file.txt', 'space/docs/plan/space.doc'], ['adocs/x', 'docs']],
  ['**/README.md', ['README.md', 'js/README.md'], ['xREADME.md', 'js/xREADME.md']],
  ['**/*src/**', ['a/src/app.js', 'my-src/code/js/app.js'], ['a/srcs/app.js']],
  ['**/*-post.md', ['my-post.md', 'path/their-post.md'], ['post.md']],
  [
    '**/migrate-*.sql',
    ['migrate-10909.sql', 'db/migrate-v1.0.sql', 'db/sept/migrate-v1.sql'],
    ['db/migrate-a/b.sql'],
  ],
  // Not from there: the rest of the syntax.
  ['a+b', ['ab', 'aaab'], ['a+b', 'b']],
  ['colou?r', ['color', 'colour'], ['colou?r', 'colouur']],
  ['a\\+b\\?\\*\\[x\\]\\\\', ['a+b?*[x]\\'], ['aab']],
  ['release-[a-cx]', ['release-a', 'release-c', 'release-x'], ['release-d', 'release--', 'release-']],
  ['a!b', ['a!b'], []],
  ['.*', ['.github', '.'], ['x']],
  ['a*a', ['aa', 'aba'], ['a', 'a/a']],
  ['aba*aba', ['abaaba', 'abaXaba'], ['aba', 'ababa']],
  ['🦑+', ['🦑', '🦑🦑'], ['', '🦐']],
  ['***/x', ['x', 'a/x'], ['ax']],
]

for (const [pattern, matches, doesNot] of EXAMPLES) {
  test(`matches ${pattern} as a workflow does`, () => {
    const glob = compileGlob(pattern)
    for (const text of matches) assert.equal(matchesGlob(glob, text, plenty()), true, text)
    for (const text of doesNot) assert.equal(matchesGlob(glob, text, plenty()), false, text)
  })
}

test('lets the last pattern that matches decide', () => {
  const cases: [patterns: string[], selected: string[], not: string[]][] = [
    [['*.md', '!README.md'], ['hello.md'], ['README.md', 'docs/hello.md']],
    [['*.md', '!README.md', 'README*'], ['hello.md', 'README.md', 'README.doc'], ['x.doc']],
    [
      ['releases/**', '!releases/**-alpha'],
      ['releases/10', 'releases/beta/mona'],
      ['releases/10-alpha', 'x'],
    ],
    [['!main', '**'], ['main', 'x'], []],
    [['!main'], [], ['main', 'x']],
    [[], [], ['x']],
  ]
  for (const [patterns, selected, not] of cases) {
    for (const text of selected) assert.equal(isSelected(patterns, text), true, `${patterns} ${text}`)
    for (const text of not) assert.equal(isSelected(patterns, text), false, `${patterns} ${text}`)
  }
})

test('refuses what it cannot read, in a sentence', () => {
  const cases: [pattern: string, message: string][] = [
    ['', 'A pattern must not be empty.'],
    ['!', 'A pattern must not be empty.'],
    ['v[12', 'A "[" is not closed in "v[12".'],
    ['v[]', '"[]" is empty in "v[]".'],
    ['[z-a]', 'A range runs backwards in "[z-a]".'],
    ['?a', 'A "?" follows no character in "?a".'],
    ['!+a', 'A "+" follows no character in "+a".'],
    ['a*?', 'A "?" follows no character in "a*?".'],
    ['a\\', 'A "\\" escapes nothing at the end of "a\\".'],
  ]
  for (const [pattern, message] of cases) {
    assert.throws(() => compileGlob(pattern), { name: 'GlobError', message })
  }
})

test('gives up when there is too much work, rather than answering', () => {
  const glob = compileGlob(`${'*a'.repeat(20)}b*b`)
  assert.throws(() => matchesGlob(glob, `${'a'.repeat(10_000)}bb`, new Budget(1_000)), Overrun)
})

test('takes time in proportion to the text: no pattern makes it go back', () => {
  // 42 states, and some three ways on from each, at each of 4,000 characters. Going back has no end here.
  const budget = new Budget(4_000 * 42 * 4)
  const glob = compileGlob(`${'**a'.repeat(20)}c**b`)
  assert.equal(matchesGlob(glob, `${'a'.repeat(4_000)}b`, budget), false)
})

test('answers as the same pattern does as a regular expression', () => {
  const piece = fc.constantFrom('a', 'b', '/', '*', '**', '**/', 'a?', 'b+', '[ab]', '[^x]', '.', '\\*')
  const text = fc.array(fc.constantFrom('a', 'b', '/', '.', '*', 'x', '^'), { maxLength: 8 })
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), text, (pieces, characters) => {
      const pattern = pieces.join('')
      const subject = characters.join('')
      assert.equal(
        matchesGlob(compileGlob(pattern), subject, plenty()),
        regularExpression(pattern).test(subject),
        `${pattern} on ${subject}`,
      )
    }),
    { numRuns: 3_000 },
  )
})

test('either reads a pattern or says why not, and matches any text', () => {
  const characters = fc.constantFrom(...'ab/*?+[]\\!-^🦑é')
  const pattern = fc.oneof(fc.string({ unit: characters, maxLength: 30 }), fc.string())
  fc.assert(
    fc.property(pattern, fc.string({ unit: 'binary', maxLength: 200 }), (written, text) => {
      try {
        assert.equal(typeof matchesGlob(compileGlob(written), text, plenty()), 'boolean')
      } catch (error) {
        assert.ok(error instanceof GlobError, String(error))
      }
    }),
    { numRuns: 3_000 },
  )
})

test('matches itself when there is nothing special in it', () => {
  const plain = fc.string({ unit: fc.constantFrom(...'abc/.-_#@ é🦑'), minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(plain, text => {
      assert.equal(matchesGlob(compileGlob(text), text, plenty()), true)
    }),
  )
})

function isSelected(patterns: readonly string[], text: string): boolean {
  const budget = plenty()
  return selects(patterns.map(compileGlob), glob => matchesGlob(glob, text, budget))
}

function plenty(): Budget {
  return new Budget(1_000_000)
}

// A second reading of the syntax, for patterns that are known to be well-formed.
function regularExpression(pattern: string): RegExp {
  const source = pattern.replaceAll(/\\.|(?:^|(?<=\/))\*{2,}\/|\*+|\[\^|[.^$]/gs, found => {
    if (found.startsWith('\\')) return found
    if (found === '[^') return '[\\^'
    if (found.endsWith('/')) return '(?:[^]*/)?'
    if (found.startsWith('*')) return found.length > 1 ? '[^]*' : '[^/]*'
    return `\\${found}`
  })
  return new RegExp(`^(?:${source})$`, 'u')
}
