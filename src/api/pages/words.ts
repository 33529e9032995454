// What the pages say, in English and in French: whichever the browser prefers.
import type { Scope } from '../../account.ts'

export type Language = 'en' | 'fr'

export type Words = {
  readonly signIn: string
  readonly signInAs: (login: string) => string
  readonly linkOnce: string
  readonly linkSpent: string
  readonly linkSpentWhy: string
  readonly userName: string
  readonly password: string
  readonly passwordWrong: string
  readonly accountSuspended: string
  readonly or: string
  readonly signInByToken: string
  readonly token: string
  readonly tokenHint: string
  readonly tokenWrong: string
  readonly tokenNarrow: string
  readonly tooManyAttempts: string
  readonly formExpired: string
  readonly formExpiredWhy: string
  readonly notFound: string
  readonly notFoundWhy: string
  readonly failed: string
  readonly failedWhy: string
  readonly goOn: string
  readonly signedInAs: string
  readonly siteAdmin: string
  readonly signOut: string
  readonly newTokenShown: string
  readonly newTokenOnce: string
  readonly newTokenTry: string
  readonly makeToken: string
  readonly note: string
  readonly noteHint: string
  readonly noteMissing: string
  readonly scopes: string
  readonly create: string
  readonly yourTokens: string
  readonly noTokens: string
  readonly noScopes: string
  /** Before the time. */
  readonly created: string
  readonly lastUsed: string
  readonly dateAndTime: (date: string, time: string) => string
  readonly neverUsed: string
  readonly revoke: string
  readonly revokeWhat: string
  readonly revokeSurely: string
  readonly newer: string
  readonly older: string
  readonly scopeMeanings: Readonly<Record<Scope, string>>
}

const EN: Words = {
  signIn: 'Sign in',
  signInAs: login => `Sign in as ${login}`,
  linkOnce: 'This link works once. It keeps you signed in on this browser for two weeks.',
  linkSpent: 'This link no longer works',
  linkSpentWhy:
    'A sign-in link works once, and for one day. Sign in with an access token instead, or ask whoever runs this server for a new link.',
  userName: 'User name',
  password: 'Password',
  passwordWrong: 'The user name or the password is wrong.',
  accountSuspended: 'This account has been suspended. Ask whoever runs this server.',
  or: 'or',
  signInByToken: 'Sign in with the token',
  token: 'Access token',
  tokenHint: 'It begins with hkl_, unless whoever runs this server has chosen another.',
  tokenWrong: 'There is no such token. Check that you pasted all of it.',
  tokenNarrow:
    'This token may not do all that you may, so it cannot sign you in. Use one that has every scope.',
  tooManyAttempts: 'Too many attempts. Wait a minute, then try again.',
  formExpired: 'This form has expired',
  formExpiredWhy:
    'Nothing was changed. Open the page again and repeat what you did; your browser must accept cookies.',
  notFound: 'There is nothing here',
  notFoundWhy: 'Check the address, or go on to the first page.',
  failed: 'That did not work',
  failedWhy: 'Something failed on this server. Nothing was changed; try again in a moment.',
  goOn: 'Go on',
  signedInAs: 'Signed in as',
  siteAdmin: 'Site administrator',
  signOut: 'Sign out',
  newTokenShown: 'Your new access token',
  newTokenOnce: 'Copy it now: it is not shown again, and nobody can look it up.',
  newTokenTry: 'Try it:',
  makeToken: 'New access token',
  note: 'What is it for?',
  noteHint: 'For example: CI server',
  noteMissing: 'Say what it is for, so that you know later whether you may revoke it.',
  scopes: 'What may it do?',
  create: 'Create token',
  yourTokens: 'Your access tokens',
  noTokens: 'You have none yet. Programs need one to use the API in your name.',
  noScopes: 'public data only',
  created: 'Created',
  lastUsed: 'Last used',
  dateAndTime: (date, time) => `${date}, ${time}`,
  neverUsed: 'Never used',
  revoke: 'Revoke',
  revokeWhat: 'Programs that use it are refused from now on, and who signed in with it is signed out.',
  revokeSurely: 'Yes, revoke it',
  newer: 'Newer',
  older: 'Older',
  scopeMeanings: {
    repo: 'Everything about your repositories, private ones too',
    public_repo: 'Your public repositories, their issues and their webhooks',
    delete_repo: 'Delete repositories',
    'admin:repo_hook': 'Webhooks of repositories: everything',
    'write:repo_hook': 'Webhooks of repositories: create, change and ping',
    'read:repo_hook': 'Webhooks of repositories: read and ping',
    'admin:org_hook': 'Webhooks of organizations: everything',
    'admin:org': 'Organizations and their members: everything',
    'write:org': 'Organizations and their members: read and write',
    'read:org': 'Organizations and their members: read',
    user: 'Your profile: read and write',
    'read:user': 'Your profile: read',
    site_admin: 'This server: make users, organizations and tokens for them',
  },
}

const FR: Words = {
  signIn: 'Se connecter',
  signInAs: login => `Se connecter en tant que ${login}`,
  linkOnce: 'Ce lien ne sert qu’une fois. Vous resterez connecté sur ce navigateur pendant deux semaines.',
  linkSpent: 'Ce lien n’est plus valable',
  linkSpentWhy:
    'Un lien de connexion ne sert qu’une fois et ne vaut qu’un jour. Connectez-vous avec un jeton d’accès, ou demandez un nouveau lien à qui gère ce serveur.',
  userName: 'Nom d’utilisateur',
  password: 'Mot de passe',
  passwordWrong: 'Le nom d’utilisateur ou le mot de passe est incorrect.',
  accountSuspended: 'Ce compte a été suspendu. Adressez-vous à l’exploitant de ce serveur.',
  or: 'ou',
  signInByToken: 'Se connecter avec le jeton',
  token: 'Jeton d’accès',
  tokenHint: 'Il commence par hkl_, à moins que l’exploitant de ce serveur n’en ait choisi un autre.',
  tokenWrong: 'Ce jeton n’existe pas. Vérifiez que vous l’avez collé en entier.',
  tokenNarrow:
    'Ce jeton ne permet pas tout ce qui vous est permis\u00a0: il ne peut donc pas vous connecter. Prenez-en un qui a toutes les portées.',
  tooManyAttempts: 'Trop de tentatives. Attendez une minute, puis réessayez.',
  formExpired: 'Ce formulaire a expiré',
  formExpiredWhy:
    'Rien n’a été modifié. Rouvrez la page et recommencez\u202f; votre navigateur doit accepter les cookies.',
  notFound: 'Il n’y a rien ici',
  notFoundWhy: 'Vérifiez l’adresse, ou continuez vers la première page.',
  failed: 'Cela n’a pas fonctionné',
  failedWhy:
    'Une erreur s’est produite sur ce serveur. Rien n’a été modifié\u202f; réessayez dans un instant.',
  goOn: 'Continuer',
  signedInAs: 'Connecté en tant que',
  siteAdmin: 'Administrateur du site',
  signOut: 'Se déconnecter',
  newTokenShown: 'Votre nouveau jeton d’accès',
  newTokenOnce: 'Copiez-le maintenant\u00a0: il ne sera plus affiché, et personne ne pourra le retrouver.',
  newTokenTry: 'Pour l’essayer\u00a0:',
  makeToken: 'Nouveau jeton d’accès',
  note: 'À quoi sert-il\u202f?',
  noteHint: 'Par exemple\u00a0: serveur d’intégration',
  noteMissing: 'Dites à quoi il sert, pour savoir plus tard si vous pouvez le révoquer.',
  scopes: 'Que permet-il\u202f?',
  create: 'Créer le jeton',
  yourTokens: 'Vos jetons d’accès',
  noTokens: 'Vous n’en avez pas encore. Un programme en a besoin pour utiliser l’API en votre nom.',
  noScopes: 'données publiques seulement',
  created: 'Créé le',
  lastUsed: 'Dernière utilisation le',
  dateAndTime: (date, time) => `${date} à ${time}`,
  neverUsed: 'Jamais utilisé',
  revoke: 'Révoquer',
  revokeWhat:
    'Les programmes qui l’utilisent seront refusés dès maintenant, et les sessions qu’il a ouvertes seront fermées.',
  revokeSurely: 'Oui, le révoquer',
  newer: 'Plus récents',
  older: 'Plus anciens',
  scopeMeanings: {
    repo: 'Tout ce qui concerne vos dépôts, y compris privés',
    public_repo: 'Vos dépôts publics, leurs problèmes et leurs webhooks',
    delete_repo: 'Supprimer des dépôts',
    'admin:repo_hook': 'Webhooks des dépôts\u00a0: tout',
    'write:repo_hook': 'Webhooks des dépôts\u00a0: créer, modifier, tester',
    'read:repo_hook': 'Webhooks des dépôts\u00a0: lire, tester',
    'admin:org_hook': 'Webhooks des organisations\u00a0: tout',
    'admin:org': 'Organisations et leurs membres\u00a0: tout',
    'write:org': 'Organisations et leurs membres\u00a0: lire et modifier',
    'read:org': 'Organisations et leurs membres\u00a0: lire',
    user: 'Votre profil\u00a0: lire et modifier',
    'read:user': 'Votre profil\u00a0: lire',
    site_admin: 'Ce serveur\u00a0: créer des utilisateurs, des organisations et leurs jetons',
  },
}

export function wordsIn(language: Language): Words {
  return language === 'fr' ? FR : EN
}

/** RFC 9110, 12.5.4: the language with the highest quality; English when neither is named. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map(part => {
      const [tag = '', quality] = part.trim().split(/\s*;\s*q=/)
      return { language: tag.slice(0, 2).toLowerCase(), quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ language, quality }) => (language === 'fr' || language === 'en') && quality > 0)
  const best = wanted.toSorted((a, b) => b.quality - a.quality)[0]
  return best?.language === 'fr' ? 'fr' : 'en'
}
