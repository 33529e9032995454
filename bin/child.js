// The first thing that a launched process runs: `child.js PROGRAM [ARGUMENT…]`. It ties the program to
// its launcher's life, then gives way to it.
import { pathToFileURL } from 'node:url'

// A launcher that is killed outright cannot pass that on, but its end of the channel closes. The
// program then dies the same death, with all of its group: it must survive that at any instant anyhow,
// and a program that lingered would hold its port and its store against the next one.
if (process.channel) {
  process.once('disconnect', () =>
    process.kill(process.platform === 'win32' ? process.pid : -process.pid, 'SIGKILL'),
  )
  process.channel.unref()
}

process.argv.splice(1, 1)
await import(pathToFileURL(process.argv[1]).href)
