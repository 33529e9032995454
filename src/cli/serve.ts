// `hookline serve`: the server, until a signal comes.
import { styleText } from 'node:util'
import { type App, startApp } from '../app/app.ts'
import { readConfig, SERVE_SETTINGS } from '../app/config.ts'
import { readVersion } from '../app/version.ts'
import { type Command, untilStopped } from './command.ts'

export const serve: Command = {
  name: 'serve',
  summary: 'GitHub’s webhooks and the REST API around them',
  settings: SERVE_SETTINGS,
  examples: [
    { line: 'hookline serve', says: 'On this machine alone, remembering in ./data.' },
    {
      line: 'hookline serve --host 0.0.0.0 --base-url https://hooks.example.com --trust-proxy 10.0.0.2',
      says: 'Behind a proxy that speaks TLS.',
    },
    {
      line: 'hookline serve --allow-network 10.20.0.0/16',
      says: 'Webhooks may reach receivers in that private network.',
    },
  ],
  async run(flags, signal) {
    const config = readConfig(SERVE_SETTINGS, flags)
    const app = await startApp(config)
    console.log(`Hookline ${readVersion()} listens on ${styleText('bold', app.url)}`)
    if (app.keys) console.log(welcome(app.keys, config.baseUrl ?? app.url))
    await untilStopped(signal)
    await app.stop()
  },
}

function welcome({ login, token, signInCode }: NonNullable<App['keys']>, url: string): string {
  return [
    '',
    `The site administrator is ${styleText('bold', login)}:`,
    '',
    `  Sign in  ${url}/login/${signInCode}`,
    `           ${styleText('dim', 'works once, within a day')}`,
    `  Token    ${token}`,
    `           ${styleText('dim', 'shown this once: keep it')}`,
    '',
  ].join('\n')
}
