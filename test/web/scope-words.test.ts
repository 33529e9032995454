// The words about scopes, which the pages with and without script each carry along.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wordsIn } from '../../src/api/pages/words.ts'
import { SCOPE_WORDS } from '../../web/settings/scope-words.ts'

for (const language of ['en', 'fr'] as const) {
  test(`says the same of every scope on both kinds of pages, in ${language}`, () => {
    assert.deepEqual(SCOPE_WORDS[language], wordsIn(language).scopeMeanings)
  })
}
