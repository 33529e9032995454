// Shows the document of the API with Scalar, which its own script has put on the page. Whatever of it would
// ask another server is off: fonts, the proxy, telemetry, the assistant. The policy of the page forbids it
// besides, and every request but the one for the document, so that nothing here can act for who is signed in.
declare global {
  interface Window {
    readonly Scalar: { createApiReference(element: string, options: Readonly<Record<string, unknown>>): void }
  }
}

window.Scalar.createApiReference('#app', {
  url: document.querySelector<HTMLElement>('#app')?.dataset.document,
  withDefaultFonts: false,
  telemetry: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  hideTestRequestButton: true,
  hideClientButton: true,
  showDeveloperTools: 'never',
  documentDownloadType: 'json',
  theme: 'default',
  customCss: ':root { --scalar-font: system-ui, sans-serif; --scalar-font-code: ui-monospace, monospace }',
  // As the system is.
  hideDarkModeToggle: false,
})

export {}
