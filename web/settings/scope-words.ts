// What each scope of a token allows, in words. They are those of the page that needs no script, where the first
// token is made: a test holds the two equal.

export const SCOPE_WORDS = {
  en: {
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
  fr: {
    repo: 'Tout ce qui concerne vos dépôts, y compris privés',
    public_repo: 'Vos dépôts publics, leurs problèmes et leurs webhooks',
    delete_repo: 'Supprimer des dépôts',
    'admin:repo_hook': 'Webhooks des dépôts : tout',
    'write:repo_hook': 'Webhooks des dépôts : créer, modifier, tester',
    'read:repo_hook': 'Webhooks des dépôts : lire, tester',
    'admin:org_hook': 'Webhooks des organisations : tout',
    'admin:org': 'Organisations et leurs membres : tout',
    'write:org': 'Organisations et leurs membres : lire et modifier',
    'read:org': 'Organisations et leurs membres : lire',
    user: 'Votre profil : lire et modifier',
    'read:user': 'Votre profil : lire',
    site_admin: 'Ce serveur : créer des utilisateurs, des organisations et leurs jetons',
  },
} as const
