// Where the pages lie: at the root, or below the path of the server's `--base-url`, as its HTML tells.
export const BASE = document.querySelector<HTMLMetaElement>('meta[name=hookline-base]')?.content ?? ''
