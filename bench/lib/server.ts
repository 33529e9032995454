// The server alone in a process, as `hookline serve` starts it: its memory is nobody else's. It tells
// how much that is whenever it is asked.
import { readFileSync } from 'node:fs'
import { startApp } from '../../src/app/app.ts'
import { readConfig, SERVE_SETTINGS } from '../../src/app/config.ts'
import type { Memory } from './server-process.ts'

const [data = ''] = process.argv.slice(2)
const flags = { data, port: '0', 'allow-network': '127.0.0.0/8', 'log-level': 'error' }
const app = await startApp(readConfig(SERVE_SETTINGS, flags))
process.on('message', () => process.send?.(memory()))
process.on('disconnect', () => app.stop())
process.send?.(app.url)

function memory(): Memory {
  // Linux's alone: pages that are the process's own, and pages of mapped files, which the system
  // takes back when it likes.
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : ''
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0)
  return {
    residentMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
    peakMiB: Math.round(process.resourceUsage().maxRSS / 1024),
    ownMiB: Math.round(kilobytes('RssAnon') / 1024),
    mappedMiB: Math.round(kilobytes('RssFile') / 1024),
  }
}
