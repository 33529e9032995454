// Starts a program that tells where it listens, as `hookline serve` does.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { atExit } from './temporary.ts'

export type Listening = { readonly url: string; readonly child: ChildProcess }

export async function startListening(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Listening> {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  atExit(() => child.kill('SIGKILL'))
  const url = await new Promise<string>((resolve, reject) => {
    let said = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      said += text
      const url = /listens on (http:\S+)\n/.exec(said)?.[1]
      if (url) resolve(url)
    })
    child.once('exit', code => reject(new Error(`it ended with ${code} before it listened`)))
  })
  return { url, child }
}

/** `hookline serve` on this folder, as a person would start it. */
export function serveArguments(folder: string): string[] {
  const program = fileURLToPath(new URL('../../bin/hookline.js', import.meta.url))
  const networks = ['--allow-network', '127.0.0.0/8']
  return [program, 'serve', '--port', '0', '--data', folder, '--log-level', 'error', ...networks]
}

/** Resolves when it has ended by itself. */
export async function stopListening({ child }: Listening): Promise<void> {
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill()
  await ended
}
