// Every string of the page, in English and in French. A language is chosen by the browser's
// preference or by the switch; the compiler sees to it that neither lacks a sentence.

const LANGUAGES = ['en', 'fr'] as const
const REMEMBERED = 'hookline-language'

export type Language = (typeof LANGUAGES)[number]
export type Words = typeof EN

const EN = {
  skip: 'Skip to content',
  language: 'Language',
  title: 'Issues per day',
  lead: (timeZone: string) =>
    `How popular each repository is, by the issues that it gets. Time zone: ${timeZone}.`,
  period: 'Period',
  days: (count: number) => `${count} days`,
  opening: 'Connecting…',
  live: 'Live',
  lost: 'Connection lost. Trying again…',
  loading: 'Loading…',

  failedTitle: 'The figures cannot be shown',
  failed: 'The receiver did not answer. Is it still running?',
  failedWith: (message: string) => `The receiver answered: ${message}`,
  retry: 'Try again',

  welcomeTitle: 'Waiting for the first delivery',
  welcomeLead: 'This receiver is ready. Three steps make the first bar grow here, without a reload:',
  stepAdd: 'Add a webhook to a repository: Settings, Webhooks, Add webhook.',
  payloadUrl: 'Payload URL',
  payloadUrlNote: (path: string) => `Behind a tunnel, take the tunnel’s address, followed by ${path}.`,
  contentType: 'Content type',
  secret: 'Secret',
  secretSet: 'the one that this receiver was started with',
  secretNone: 'leave it empty: this receiver was started without one',
  events: 'Events',
  eventsValue: 'Let me select individual events: Issues',
  stepPing: 'Save it. A ping comes at once and shows under “Latest deliveries”.',
  stepPingDone: 'A delivery has arrived: the webhook reaches this receiver.',
  stepIssue: 'Open an issue in that repository.',
  copy: 'Copy',
  copied: 'Copied',

  ranking: 'Repositories by popularity',
  total: 'Total',
  perDay: 'Per day',
  busiest: 'Busiest day',
  today: 'Today',
  none: 'none',
  issues: (count: number, text: string) => `${text} ${count === 1 ? 'issue' : 'issues'}`,
  issuesOn: (day: string, issues: string) => `${day}: ${issues}`,
  chart: (repository: string) => `Issues opened per day in ${repository}. The arrow keys go from day to day.`,
  quiet: 'No issue in these days yet. Open one, and its bar grows here.',
  news: (repository: string, issues: string) => `${repository}: ${issues}`,
  asTable: 'Show as a table',
  day: 'Day',
  opened: 'Issues opened',

  deliveries: 'Latest deliveries',
  noDeliveries: 'Nothing has arrived yet.',
  pingArrived: 'The webhook reaches this receiver',
}

const FR: Words = {
  skip: 'Aller au contenu',
  language: 'Langue',
  title: 'Problèmes par jour',
  lead: timeZone =>
    `La popularité de chaque dépôt, d’après les problèmes qu’il reçoit. Fuseau horaire\u00a0: ${timeZone}.`,
  period: 'Période',
  days: count => `${count} jours`,
  opening: 'Connexion…',
  live: 'En direct',
  lost: 'Connexion perdue. Nouvel essai…',
  loading: 'Chargement…',

  failedTitle: 'Les chiffres ne peuvent pas être affichés',
  failed: 'Le récepteur n’a pas répondu. Est-il toujours en marche\u202f?',
  failedWith: message => `Le récepteur a répondu\u00a0: ${message}`,
  retry: 'Réessayer',

  welcomeTitle: 'En attente de la première livraison',
  welcomeLead:
    'Ce récepteur est prêt. Trois étapes font grandir la première barre ici, sans recharger la page\u00a0:',
  stepAdd: 'Ajoutez un webhook à un dépôt\u00a0: Paramètres, Webhooks, Ajouter un webhook.',
  payloadUrl: 'URL de la charge utile',
  payloadUrlNote: path => `Derrière un tunnel, prenez l’adresse du tunnel, suivie de ${path}.`,
  contentType: 'Type de contenu',
  secret: 'Secret',
  secretSet: 'celui avec lequel ce récepteur a été démarré',
  secretNone: 'laissez-le vide\u00a0: ce récepteur a été démarré sans secret',
  events: 'Événements',
  eventsValue: 'Me permettre de sélectionner des événements individuels\u00a0: Problèmes',
  stepPing: 'Enregistrez-le. Un ping arrive aussitôt et s’affiche sous «\u00a0Dernières livraisons\u00a0».',
  stepPingDone: 'Une livraison est arrivée\u00a0: le webhook atteint ce récepteur.',
  stepIssue: 'Ouvrez un problème dans ce dépôt.',
  copy: 'Copier',
  copied: 'Copié',

  ranking: 'Dépôts par popularité',
  total: 'Total',
  perDay: 'Par jour',
  busiest: 'Jour le plus actif',
  today: 'Aujourd’hui',
  none: 'aucun',
  issues: (count, text) => `${text} ${count < 2 ? 'problème' : 'problèmes'}`,
  issuesOn: (day, issues) => `${day}\u00a0: ${issues}`,
  chart: repository => `Problèmes ouverts par jour dans ${repository}. Les flèches vont d’un jour à l’autre.`,
  quiet: 'Aucun problème durant ces jours. Ouvrez-en un\u00a0: sa barre grandira ici.',
  news: (repository, issues) => `${repository}\u00a0: ${issues}`,
  asTable: 'Afficher sous forme de tableau',
  day: 'Jour',
  opened: 'Problèmes ouverts',

  deliveries: 'Dernières livraisons',
  noDeliveries: 'Rien n’est encore arrivé.',
  pingArrived: 'Le webhook atteint ce récepteur',
}

export const WORDS: Readonly<Record<Language, Words>> = { en: EN, fr: FR }

/** The language that was switched to before, or else the first of the browser's that we speak. */
export function preferredLanguage(): Language {
  const wanted = [remembered(), ...navigator.languages].map(tag => tag.slice(0, 2).toLowerCase())
  return wanted.flatMap(tag => LANGUAGES.filter(language => language === tag))[0] ?? 'en'
}

export function isLanguage(text: string): text is Language {
  return LANGUAGES.some(language => language === text)
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(REMEMBERED, language)
  } catch {
    // Storage may be switched off; the choice then lasts as long as the page.
  }
}

function remembered(): string {
  try {
    return localStorage.getItem(REMEMBERED) ?? ''
  } catch {
    return ''
  }
}
