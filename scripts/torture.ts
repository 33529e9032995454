// `npm run torture -- [--kills 200] [--seed N]`: the real program is killed again and again while clients
// open issues, the same with its clock turned forwards and backwards meanwhile, and its disk fills up under
// it; what was accepted is reconciled with what the receivers got. A short run of the same tests is part of
// `npm test`. The seed gives the same instants and turns again; what falls on an instant is the machine's
// doing.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { provideServices } from './services.ts'

const TESTS = ['test/e2e/kill.test.ts', 'test/e2e/clock.test.ts', 'test/e2e/disk-full.test.ts']

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '200' }, seed: { type: 'string' } },
})
provideServices('libfaketime')
const env = {
  ...process.env,
  KILLS: values.kills,
  ...(values.seed !== undefined && { KILL_SEED: values.seed }),
}
const child = spawn(process.execPath, ['--test', '--test-concurrency', '1', ...TESTS], {
  env,
  stdio: 'inherit',
})
const [code] = await once(child, 'close')
process.exitCode = code ?? 1
