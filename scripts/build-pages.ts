// Builds the pages that browsers load into `dist/`. The server itself needs no build. scripts/run.js
// calls this when a source of theirs has changed.

import { createHash } from 'node:crypto'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants } from 'node:zlib'
import scalar from '@scalar/fastify-api-reference'
import { type BuildOptions, type BuildResult, build, type OutputFile } from 'esbuild'
import { fastify } from 'fastify'

const COMMON: BuildOptions = {
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  logLevel: 'warning',
}

await Promise.all([buildReceiver(), buildWeb()])

async function buildReceiver(): Promise<void> {
  const folder = 'receiver/page'
  // The styles that a script imports come out beside it, under the script's name.
  await build({ ...COMMON, entryPoints: [`${folder}/page.ts`], outdir: `dist/${folder}` })
  await cp(`${folder}/index.html`, `dist/${folder}/index.html`)
}

/**
 * Names carry a hash of the content, so that browsers may keep files for ever; each lies there compressed,
 * too. Scripts are loaded page by page; esbuild does not load the styles of such a page with it, so all
 * styles are one file, made as if there were one script. The inspector's page is another program's, of the same
 * parts.
 */
async function buildWeb(): Promise<void> {
  const outdir = 'dist/web'
  await rm(outdir, { recursive: true, force: true })
  const options: BuildOptions = {
    ...COMMON,
    entryPoints: { main: 'web/main.tsx', inspector: 'web/inspector/main.tsx' },
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    outdir: `${outdir}/assets`,
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"', __DEV__: 'false' },
    write: false,
  }
  const [scripts, styles] = await Promise.all([build({ ...options, splitting: true }), build(options)])
  const files = [...filesOf(scripts, '.js'), ...filesOf(styles, '.css')]
  await mkdir(`${outdir}/assets`, { recursive: true })
  await Promise.all(files.map(writeBoth))

  const writePage = async (entry: string, source: string, target: string) => {
    const named = (ending: string) =>
      files.map(({ path }) => basename(path)).find(it => it.startsWith(`${entry}-`) && it.endsWith(ending)) ??
      ''
    const html = await readFile(source, 'utf8')
    await writeFile(
      `${outdir}/${target}`,
      html.replace('%SCRIPT%', named('.js')).replace('%STYLE%', named('.css')),
    )
  }
  await Promise.all([
    writePage('main', 'web/index.html', 'index.html'),
    writePage('inspector', 'web/inspector/index.html', 'inspector.html'),
  ])
  await buildReference(outdir)
}

/**
 * The reference of the API. Scalar's package is a plugin for the server, which would hold its 5 MB in memory: what
 * browsers need is taken out of it here, by asking it.
 */
async function buildReference(outdir: string): Promise<void> {
  const app = fastify()
  await app.register(scalar, { routePrefix: '/docs', configuration: { url: '/openapi.json' } })
  const { rawPayload: contents } = await app.inject('/docs/js/scalar.js')
  await app.close()
  const hash = createHash('sha256').update(contents).digest('hex').slice(0, 8).toUpperCase()
  const path = `${outdir}/assets/scalar-${hash}.js`

  const entryPoints = ['web/reference/reference.ts']
  const options = { ...COMMON, entryPoints, entryNames: '[name]-[hash]', outdir: `${outdir}/assets` }
  const { outputFiles } = await build({ ...options, write: false })
  await Promise.all([{ path, contents }, ...outputFiles].map(writeBoth))

  const html = await readFile('web/reference/index.html', 'utf8')
  await writeFile(
    `${outdir}/reference.html`,
    html.replace('%SCALAR%', basename(path)).replace('%REFERENCE%', basename(outputFiles[0]?.path ?? '')),
  )
}

function filesOf({ outputFiles = [] }: BuildResult, ending: string): OutputFile[] {
  return outputFiles.filter(({ path }) => path.endsWith(ending))
}

async function writeBoth({ path, contents }: Pick<OutputFile, 'path' | 'contents'>): Promise<void> {
  const compressed = await promisify(brotliCompress)(contents, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 9 },
  })
  await Promise.all([writeFile(path, contents), writeFile(`${path}.br`, compressed)])
}
