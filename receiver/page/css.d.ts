// Style sheets are imported for their effect on the bundle: esbuild gathers them in page.css.
declare module '*.css'
