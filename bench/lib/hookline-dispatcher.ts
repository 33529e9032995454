// Hookline as one dispatcher among others: its engine, embedded.
import type { OpenDispatcher } from './dispatcher.ts'
import { windowFor } from './saturate.ts'
import { draftFor, makeHooks, openSite } from './site.ts'
import { makeFolder } from './temporary.ts'

export const open: OpenDispatcher = async ({ urls, stored }) => {
  const site = await openSite(makeFolder('dispatchers'), {
    prepare: async store => void (await makeHooks(store, urls)),
    stored,
  })
  return {
    window: windowFor,
    accept: (receiver, payload) => site.engine.publish([draftFor(receiver + 1, payload)]),
    close: () => site.close(),
  }
}
