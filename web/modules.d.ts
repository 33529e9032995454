// Styles are files beside the scripts: nothing is exported by them.
declare module '*.css'
