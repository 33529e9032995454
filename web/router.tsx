// Which page is at which address. Each is loaded when it is first gone to.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { ApiError } from './api.ts'
import { BASE } from './base.ts'
import { Failure } from './parts/failure.tsx'
import { Shell } from './shell.tsx'

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => <Failure error={new ApiError(404, 'Not Found')} />,
  errorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
})

const pages = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(() => import('./home/home-page.tsx'), 'HomePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/new',
    component: lazyRouteComponent(() => import('./repository/new-repository-page.tsx'), 'NewRepositoryPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/$owner',
    component: lazyRouteComponent(() => import('./account/account-page.tsx'), 'AccountPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/$owner/$repo',
    component: lazyRouteComponent(() => import('./repository/repository-page.tsx'), 'RepositoryPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/$owner/$repo/issues/new',
    component: lazyRouteComponent(() => import('./repository/new-issue-page.tsx'), 'NewIssuePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/$owner/$repo/issues/$number',
    component: lazyRouteComponent(() => import('./repository/issue-page.tsx'), 'IssuePage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings/tokens',
    component: lazyRouteComponent(() => import('./settings/tokens-page.tsx'), 'TokensPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings/security',
    component: lazyRouteComponent(() => import('./settings/security-page.tsx'), 'SecurityPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/site/users',
    component: lazyRouteComponent(() => import('./site/users-page.tsx'), 'UsersPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/site/organizations',
    component: lazyRouteComponent(() => import('./site/organizations-page.tsx'), 'OrganizationsPage'),
  }),
  ...appPages('/settings/apps'),
  ...appPages('/organizations/$org/settings/apps'),
  ...hookPages('/$owner/$repo/settings/hooks'),
  ...hookPages('/organizations/$org/settings/hooks'),
  ...hookPages('/site/settings/hooks'),
]

/** The same three pages, wherever the hooks hang. */
function hookPages(path: string) {
  return [
    createRoute({
      getParentRoute: () => root,
      path,
      component: lazyRouteComponent(() => import('./hooks/hook-list-page.tsx'), 'HookListPage'),
    }),
    createRoute({
      getParentRoute: () => root,
      path: `${path}/new`,
      component: lazyRouteComponent(() => import('./hooks/new-hook-page.tsx'), 'NewHookPage'),
    }),
    createRoute({
      getParentRoute: () => root,
      path: `${path}/$hookId`,
      component: lazyRouteComponent(() => import('./hooks/hook-page.tsx'), 'HookPage'),
    }),
  ]
}

/** An App has one hook: its page is the App's. */
function appPages(path: string) {
  return [
    createRoute({
      getParentRoute: () => root,
      path,
      component: lazyRouteComponent(() => import('./apps/apps-page.tsx'), 'AppsPage'),
    }),
    createRoute({
      getParentRoute: () => root,
      path: `${path}/$app`,
      component: lazyRouteComponent(() => import('./hooks/hook-page.tsx'), 'HookPage'),
    }),
  ]
}

// Not registered as the type of every link: addresses are made at run time, since the same pages serve
// repositories, organizations and the site.
export const router = createRouter({
  routeTree: root.addChildren(pages),
  basepath: BASE || '/',
  defaultPreload: 'intent',
  scrollRestoration: true,
})
