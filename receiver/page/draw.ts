// Draws the parts of the page other than the chart, from what was fetched.
import { byId, element } from './element.ts'
import type { Delivery, Popularity, Setup } from './feed.ts'
import type { Format } from './format.ts'

/** One button a repository. Buttons are kept from one drawing to the next, so that focus and its ring stay. */
export class Ranking {
  readonly #list = byId('ranking')
  readonly #rows = new Map<string, HTMLLIElement>()
  readonly #choose: (repository: string) => void

  constructor(choose: (repository: string) => void) {
    this.#choose = choose
  }

  draw(list: readonly Popularity[], chosen: string, format: Format): void {
    const focused = document.activeElement
    const most = Math.max(1, list[0]?.total ?? 0)
    const rows = list.map(({ repository, total }, n) => {
      const row = this.#rows.get(repository) ?? this.#row(repository)
      row.dataset.chosen = String(repository === chosen)
      row.style.setProperty('--share', String(total / most))
      const [button] = row.children
      button?.setAttribute('aria-pressed', String(repository === chosen))
      fill(row, '.rank', format.count(n + 1))
      fill(row, '.number', format.count(total))
      fill(row, '.unit', format.issues(total).replace(format.count(total), ''))
      return row
    })
    this.#rows.clear()
    for (const [n, { repository }] of list.entries()) if (rows[n]) this.#rows.set(repository, rows[n])
    this.#list.replaceChildren(...rows)
    if (focused instanceof HTMLElement && this.#list.contains(focused)) focused.focus()
  }

  #row(repository: string): HTMLLIElement {
    const [owner = '', name = ''] = repository.split('/')
    const button = element(
      'button',
      { type: 'button' },
      element('span', { class: 'rank' }),
      element(
        'span',
        { class: 'name' },
        element('span', { class: 'owner' }, `${owner}/`),
        element('wbr'),
        name,
      ),
      element(
        'span',
        { class: 'total' },
        element('span', { class: 'number' }),
        element('span', { class: 'unseen unit' }),
      ),
      element('span', { class: 'bar' }),
    )
    button.addEventListener('click', () => this.#choose(repository))
    return element('li', {}, button)
  }
}

export function drawStats({ days, total }: Popularity, format: Format): void {
  const { words } = format
  const busiest = days.reduce((most, day) => (day.opened >= most.opened ? day : most), {
    date: '',
    opened: 0,
  })
  const pairs = [
    [words.total, format.count(total)],
    [words.perDay, format.average(total / Math.max(1, days.length))],
    [words.busiest, total === 0 ? words.none : format.shortDay(busiest.date)],
    [words.today, format.count(days.at(-1)?.opened ?? 0)],
  ]
  byId('stats').replaceChildren(
    ...pairs.map(([name = '', value = '']) =>
      element('div', {}, element('dt', {}, name), element('dd', {}, value)),
    ),
  )
}

/** The chart's other form, newest day first. */
export function drawTable({ days }: Popularity, format: Format): void {
  const rows = days.map(({ date, opened }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, element('time', { datetime: date }, format.fullDay(date))),
      element('td', {}, format.count(opened)),
    ),
  )
  byId('table').replaceChildren(...rows.reverse())
}

export function drawDeliveries(deliveries: readonly Delivery[], format: Format): void {
  byId('no-deliveries').hidden = deliveries.length > 0
  byId('deliveries').replaceChildren(...deliveries.map(delivery => deliveryRow(delivery, format)))
}

function deliveryRow(
  { guid, event, action, repository, received_at }: Delivery,
  format: Format,
): HTMLLIElement {
  const received = new Date(received_at)
  const what = element('span', { class: 'what' }, element('code', { class: 'event' }, event))
  if (action !== null) what.append(element('span', { class: 'action' }, action))
  if (event === 'ping') what.append(element('span', { class: 'arrived' }, format.words.pingArrived))
  return element(
    'li',
    { 'data-event': event },
    what,
    element('span', { class: 'where' }, repository ?? ''),
    element('code', { class: 'guid', title: guid }, guid),
    element('time', { datetime: received_at, title: format.fullMoment(received) }, format.moment(received)),
  )
}

/** What to do while nothing is known of any repository. */
export function drawWelcome({ path, signed }: Setup, hasDelivery: boolean, { words }: Format): void {
  const url = new URL(`.${path}`, location.href).href
  const copy = element('button', { type: 'button', class: 'button small' }, words.copy)
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(url)
    copy.textContent = words.copied
  })
  const address = element('dd', {}, element('code', {}, url))
  // Browsers give the clipboard only to pages that came over TLS or from this machine.
  if (isSecureContext) address.append(' ', copy)
  address.append(element('small', {}, words.payloadUrlNote(path)))
  const settings = element(
    'dl',
    {},
    ...pair(words.payloadUrl, address),
    ...pair(words.contentType, element('dd', {}, element('code', {}, 'application/json'))),
    ...pair(words.secret, element('dd', {}, signed ? words.secretSet : words.secretNone)),
    ...pair(words.events, element('dd', {}, words.eventsValue)),
  )
  byId('steps').replaceChildren(
    element('li', {}, element('p', {}, words.stepAdd), settings),
    element(
      'li',
      { 'data-done': String(hasDelivery) },
      element('p', {}, hasDelivery ? words.stepPingDone : words.stepPing),
    ),
    element('li', {}, element('p', {}, words.stepIssue)),
  )
}

function pair(name: string, description: HTMLElement): HTMLElement[] {
  return [element('dt', {}, name), description]
}

function fill(row: HTMLElement, selector: string, text: string): void {
  const found = row.querySelector(selector)
  if (found !== null && found.textContent !== text) found.textContent = text
}
