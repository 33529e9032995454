// Builds the pages that browsers load into `dist/`, each beside its HTML. The server itself needs no
// build. scripts/run.js calls this when a source of theirs has changed.
import { cp } from 'node:fs/promises'
import { build } from 'esbuild'

type Page = { readonly folder: string; readonly script: string; readonly html: string }

const PAGES: readonly Page[] = [{ folder: 'receiver/page', script: 'page.ts', html: 'index.html' }]

for (const { folder, script, html } of PAGES) {
  const outdir = `dist/${folder}`
  // The styles that a script imports come out beside it, under the script's name.
  await build({
    entryPoints: [`${folder}/${script}`],
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    logLevel: 'warning',
  })
  await cp(`${folder}/${html}`, `${outdir}/${html}`)
}
