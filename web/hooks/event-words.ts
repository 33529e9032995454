// What the settings page calls GitHub's events, in the order of GitHub's page; below, those that
// repositories do not have there. English descriptions come from the API, as do names that are not here.
export type EventWords = { readonly en: string; readonly fr: string; readonly frDescription: string }

/** What a webhook is told without having asked for it. */
export const UNASKED: readonly string[] = ['ping', 'installation', 'installation_repositories']

type Row = readonly [en: string, fr: string, frDescription: string]

const ROWS: Readonly<Record<string, Row>> = {
  issue_relates_to: ['Related issues', 'Problèmes liés', 'Un problème est lié à un autre, ou ne l’est plus.'],
  create: [
    'Branch or tag creation',
    'Création d’une branche ou d’une étiquette Git',
    'Une branche ou une étiquette Git a été créée.',
  ],
  delete: [
    'Branch or tag deletion',
    'Suppression d’une branche ou d’une étiquette Git',
    'Une branche ou une étiquette Git a été supprimée.',
  ],
  branch_protection_configuration: [
    'Branch protection configurations',
    'Configurations de protection des branches',
    'La protection des branches a été activée ou désactivée dans son ensemble.',
  ],
  branch_protection_rule: [
    'Branch protection rules',
    'Règles de protection des branches',
    'Une règle de protection de branche a été créée, modifiée ou supprimée.',
  ],
  exemption_request_push_ruleset: [
    'Bypass requests for push rulesets',
    'Demandes de contournement des règles de push',
    'Quelqu’un a demandé à contourner un ensemble de règles, ou a reçu une réponse.',
  ],
  bypass_request_secret_scanning: [
    'Bypass requests for secret scanning push protections',
    'Demandes de contournement de l’analyse des secrets au push',
    'Quelqu’un a demandé à contourner l’analyse des secrets, ou a reçu une réponse.',
  ],
  check_run: [
    'Check runs',
    'Exécutions de vérification',
    'Une vérification a commencé, s’est terminée ou est demandée.',
  ],
  check_suite: [
    'Check suites',
    'Suites de vérifications',
    'Une suite de vérifications s’est terminée ou est demandée.',
  ],
  code_scanning_alert: [
    'Code scanning alerts',
    'Alertes d’analyse du code',
    'L’analyse du code a trouvé quelque chose, ou le problème est résolu.',
  ],
  member: [
    'Collaborator add, remove, or changed',
    'Ajout, retrait ou modification d’un collaborateur',
    'Un collaborateur d’un dépôt a été ajouté, modifié ou retiré.',
  ],
  commit_comment: ['Commit comments', 'Commentaires de commit', 'Quelqu’un a commenté un commit.'],
  dependabot_alert: [
    'Dependabot alerts',
    'Alertes Dependabot',
    'Une dépendance est connue pour être vulnérable, ou ne l’est plus.',
  ],
  deploy_key: ['Deploy keys', 'Clés de déploiement', 'Une clé de déploiement a été ajoutée ou retirée.'],
  deployment_status: ['Deployment statuses', 'États de déploiement', 'Un déploiement a changé d’état.'],
  deployment: ['Deployments', 'Déploiements', 'Un déploiement est demandé.'],
  discussion_comment: [
    'Discussion comments',
    'Commentaires de discussion',
    'Un commentaire d’une discussion a été créé, modifié ou supprimé.',
  ],
  discussion: ['Discussions', 'Discussions', 'Quelque chose s’est passé dans une discussion.'],
  dismissal_request_dependabot: [
    'Dismissal requests for dependabot alerts',
    'Demandes d’abandon d’alertes Dependabot',
    'Quelqu’un a demandé à ignorer une alerte Dependabot, ou a reçu une réponse.',
  ],
  dismissal_request_code_scanning: [
    'Dismissal requests for code scanning alerts',
    'Demandes d’abandon d’alertes d’analyse du code',
    'Quelqu’un a demandé à ignorer une alerte d’analyse du code, ou a reçu une réponse.',
  ],
  dismissal_request_secret_scanning: [
    'Dismissal requests for secret scanning alerts',
    'Demandes d’abandon d’alertes d’analyse des secrets',
    'Quelqu’un a demandé à ignorer une alerte d’analyse des secrets, ou a reçu une réponse.',
  ],
  fork: ['Forks', 'Duplications', 'Un dépôt a été dupliqué.'],
  issue_comment: [
    'Issue comments',
    'Commentaires de problème',
    'Un commentaire d’un problème ou d’une demande de tirage a été créé, modifié ou supprimé.',
  ],
  issue_dependencies: [
    'Issue dependencies',
    'Dépendances de problème',
    'Un problème en bloque un autre, ou ne le bloque plus.',
  ],
  issues: ['Issues', 'Problèmes', 'Quelque chose est arrivé à un problème.'],
  label: ['Labels', 'Étiquettes', 'Une étiquette a été créée, modifiée ou supprimée.'],
  merge_group: ['Merge groups', 'Groupes de fusion', 'Une file de fusion a formé un groupe, ou l’a défait.'],
  meta: ['Meta', 'Méta', 'Ce webhook lui-même a été supprimé.'],
  milestone: ['Milestones', 'Jalons', 'Quelque chose est arrivé à un jalon.'],
  package: ['Packages', 'Paquets', 'Un paquet a été publié.'],
  page_build: [
    'Page builds',
    'Générations de pages',
    'Un site GitHub Pages a été généré, ou n’a pas pu l’être.',
  ],
  pull_request_review_comment: [
    'Pull request review comments',
    'Commentaires de revue',
    'Un commentaire sur les modifications d’une demande de tirage a été créé, modifié ou supprimé.',
  ],
  pull_request_review_thread: [
    'Pull request review threads',
    'Fils de revue',
    'Un fil de revue a été résolu, ou rouvert.',
  ],
  pull_request_review: [
    'Pull request reviews',
    'Revues de demande de tirage',
    'Une demande de tirage a fait l’objet d’une revue.',
  ],
  pull_request: ['Pull requests', 'Demandes de tirage', 'Quelque chose est arrivé à une demande de tirage.'],
  push: ['Pushes', 'Push', 'Des commits ou des étiquettes Git ont été poussés.'],
  registry_package: ['Registry packages', 'Paquets du registre', 'Un paquet a été publié dans le registre.'],
  release: ['Releases', 'Versions', 'Une version a été créée, publiée, modifiée ou supprimée.'],
  repository: ['Repositories', 'Dépôts', 'Un dépôt a été créé, modifié ou supprimé.'],
  repository_advisory: [
    'Repository advisories',
    'Avis de sécurité du dépôt',
    'Un avis de sécurité d’un dépôt a été publié ou signalé.',
  ],
  repository_import: [
    'Repository imports',
    'Importations de dépôt',
    'Une importation dans un dépôt s’est terminée.',
  ],
  repository_ruleset: [
    'Repository rulesets',
    'Ensembles de règles du dépôt',
    'Un ensemble de règles a été créé, modifié ou supprimé.',
  ],
  repository_vulnerability_alert: [
    'Repository vulnerability alerts',
    'Alertes de vulnérabilité du dépôt',
    'Une dépendance est vulnérable, ou ne l’est plus. Remplacé par les alertes Dependabot.',
  ],
  secret_scanning_alert_location: [
    'Secret scanning alert locations',
    'Emplacements d’alertes d’analyse des secrets',
    'Un secret a été trouvé à un autre endroit.',
  ],
  secret_scanning_alert: [
    'Secret scanning alerts',
    'Alertes d’analyse des secrets',
    'Un secret a été trouvé dans un dépôt, ou le cas est réglé.',
  ],
  secret_scanning_scan: [
    'Secret scanning scans',
    'Analyses des secrets',
    'Une analyse à la recherche de secrets s’est terminée.',
  ],
  security_and_analysis: [
    'Security and analyses',
    'Sécurité et analyses',
    'Des fonctions de sécurité d’un dépôt ont été activées ou désactivées.',
  ],
  star: ['Stars', 'Étoiles', 'Une étoile a été donnée à un dépôt, ou reprise.'],
  status: ['Statuses', 'États', 'Un commit a changé d’état.'],
  sub_issues: [
    'Sub issues',
    'Sous-problèmes',
    'Un problème fait désormais partie d’un autre, ou n’en fait plus partie.',
  ],
  team_add: ['Team adds', 'Ajouts à une équipe', 'Un dépôt a été confié à une équipe.'],
  public: ['Visibility changes', 'Changements de visibilité', 'Un dépôt privé est devenu public.'],
  watch: [
    'Watches',
    'Suivis',
    'Un dépôt a reçu une étoile. Le nom date de l’époque où cela s’appelait « suivre ».',
  ],
  gollum: ['Wiki', 'Wiki', 'Des pages d’un wiki ont été créées ou modifiées.'],
  workflow_job: [
    'Workflow jobs',
    'Tâches de workflow',
    'Une tâche de workflow a été mise en file, a commencé ou s’est terminée.',
  ],
  workflow_run: [
    'Workflow runs',
    'Exécutions de workflow',
    'Une exécution de workflow a été demandée, a commencé ou s’est terminée.',
  ],

  deployment_protection_rule: [
    'Deployment protection rules',
    'Règles de protection des déploiements',
    'Un déploiement attend une règle de protection.',
  ],
  deployment_review: [
    'Deployment reviews',
    'Approbations de déploiements',
    'Un déploiement attend une approbation, ou l’a reçue.',
  ],
  github_app_authorization: [
    'App authorizations',
    'Autorisations d’Apps',
    'Un utilisateur a retiré ce qu’il avait permis à une App.',
  ],
  installation_target: [
    'Installation targets',
    'Comptes d’installation',
    'Le compte sur lequel une App est installée a été renommé.',
  ],
  repository_dispatch: [
    'Repository dispatches',
    'Envois à un dépôt',
    'Quelqu’un a appelé l’API avec un événement de son choix.',
  ],
  security_advisory: [
    'Security advisories',
    'Avis de sécurité',
    'Un avis de sécurité a été publié, modifié ou retiré.',
  ],
  workflow_dispatch: [
    'Workflow dispatches',
    'Lancements de workflow',
    'Quelqu’un a lancé un workflow à la main.',
  ],
  custom_property: [
    'Custom properties',
    'Propriétés personnalisées',
    'Une propriété offerte aux dépôts a été définie, modifiée ou supprimée.',
  ],
  custom_property_values: [
    'Custom property values',
    'Valeurs des propriétés personnalisées',
    'Les valeurs des propriétés personnalisées d’un dépôt ont changé.',
  ],
  membership: ['Memberships', 'Appartenances', 'Quelqu’un a rejoint ou quitté une équipe.'],
  org_block: [
    'Organization blocks',
    'Blocages par l’organisation',
    'Une organisation a bloqué quelqu’un, ou a levé le blocage.',
  ],
  organization: ['Organizations', 'Organisations', 'Une organisation ou ses membres ont changé.'],
  organization_custom_property: [
    'Organization custom properties',
    'Propriétés personnalisées des organisations',
    'Une propriété offerte aux organisations a été définie, modifiée ou supprimée.',
  ],
  organization_custom_property_values: [
    'Organization custom property values',
    'Valeurs des propriétés des organisations',
    'Les valeurs des propriétés personnalisées d’une organisation ont changé.',
  ],
  personal_access_token_request: [
    'Personal access token requests',
    'Demandes de jeton d’accès personnel',
    'Un jeton à granularité fine demande l’accès à une organisation, ou a reçu une réponse.',
  ],
  projects_v2: ['Projects', 'Projets', 'Quelque chose est arrivé à un projet.'],
  projects_v2_item: [
    'Project items',
    'Éléments de projet',
    'Quelque chose est arrivé à un élément d’un projet.',
  ],
  projects_v2_status_update: [
    'Project status updates',
    'Points d’avancement de projet',
    'Un point d’avancement d’un projet a été créé, modifié ou supprimé.',
  ],
  project: ['Projects (classic)', 'Projets (classiques)', 'Quelque chose est arrivé à un projet classique.'],
  project_card: [
    'Project cards (classic)',
    'Cartes de projet (classiques)',
    'Quelque chose est arrivé à une carte d’un projet classique.',
  ],
  project_column: [
    'Project columns (classic)',
    'Colonnes de projet (classiques)',
    'Quelque chose est arrivé à une colonne d’un projet classique.',
  ],
  team: ['Teams', 'Équipes', 'Une équipe a été créée, modifiée ou supprimée.'],
  user: ['Users', 'Utilisateurs', 'Un compte de ce serveur a été créé ou supprimé.'],
}

export const EVENT_WORDS: ReadonlyMap<string, EventWords> = new Map(
  Object.entries(ROWS).map(([name, [en, fr, frDescription]]) => [name, { en, fr, frDescription }]),
)
