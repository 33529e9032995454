// HTML as text that is escaped unless it is HTML already. Everything that a page shows passes
// through here.

export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Shown = Html | string | number | null | false | readonly Html[]

/** What is interpolated is escaped, unless it was made by `html` itself. */
export function html(parts: TemplateStringsArray, ...values: readonly Shown[]): Html {
  return new Html(parts.map((part, index) => part + textOf(values[index] ?? null)).join(''))
}

function textOf(value: Shown): string {
  if (value === null || value === false) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value))
  return value.map(part => part.text).join('')
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => ESCAPES[character] ?? character)
}
