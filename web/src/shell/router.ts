import { createRouter, createWebHistory, type Router, type RouteRecordRaw } from 'vue-router'
import { configureClient } from '@/api/client'
import type { Permission } from '@/api/types'
import { useSession } from '@/stores/session'
import { gate } from './gate'

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's title in the shell's words. */
    title?: string
    /** Needs someone signed in. */
    desk?: boolean
    /** Needs this permission too. */
    needs?: Permission
    /** The page fills the frame to its edges. */
    bleed?: boolean
    /** The page shows the state of the as-of date. */
    dated?: boolean
  }
}

export const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('@/features/public/HomePage.vue'), meta: { title: 'home' } },
  { path: '/login', name: 'login', component: () => import('@/features/session/LoginPage.vue'), meta: { title: 'login' } },
  {
    path: '/desk',
    component: () => import('./DeskFrame.vue'),
    meta: { title: 'desk', desk: true },
    redirect: { name: 'map' },
    children: [
      { path: 'map', name: 'map', component: () => import('@/features/map/MapPage.vue'), meta: { title: 'map', needs: 'parcel:read', bleed: true, dated: true } },
      { path: 'overview', name: 'overview', component: () => import('@/features/overview/OverviewPage.vue'), meta: { title: 'overview', needs: 'parcel:read', dated: true } },
      { path: 'deadlines', name: 'deadlines', component: () => import('@/features/deadlines/DeadlinesPage.vue'), meta: { title: 'deadlines', needs: 'parcel:read' } },
      { path: 'plans', name: 'plans', component: () => import('@/features/plans/PlansPage.vue'), meta: { title: 'plans', needs: 'plan:read' } },
      { path: 'plans/:id(\\d+)/:tab(progress|items|totals|targets|map|editions)?', name: 'plan', component: () => import('@/features/plans/PlanPage.vue'), props: true, meta: { title: 'plan', needs: 'plan:read', dated: true } },
      { path: 'schemes', name: 'schemes', component: () => import('@/features/schemes/SchemesPage.vue'), meta: { title: 'schemes', needs: 'scheme:read' } },
      { path: 'schemes/:id(\\d+)', name: 'scheme', component: () => import('@/features/schemes/SchemePage.vue'), props: true, meta: { title: 'scheme', needs: 'scheme:read' } },
      { path: 'contracts', name: 'contracts', component: () => import('@/features/contracts/ContractsPage.vue'), meta: { title: 'contracts', needs: 'contract:read' } },
      { path: 'contracts/:id(\\d+)/:tab(overview|money|works|standard|idle|history)?', name: 'contract', component: () => import('@/features/contracts/ContractPage.vue'), props: true, meta: { title: 'contract', needs: 'contract:read' } },
      { path: 'listings/:view(board|calendar|list|notices)?', name: 'listings', component: () => import('@/features/listings/ListingsPage.vue'), props: true, meta: { title: 'listings', needs: 'listing:read', dated: true } },
      { path: 'lots/:id(\\d+)', name: 'lot', component: () => import('@/features/listings/LotPage.vue'), props: true, meta: { title: 'lot', needs: 'listing:read', dated: true } },
      { path: 'notices/:id(\\d+)', name: 'notice', component: () => import('@/features/listings/NoticePage.vue'), props: true, meta: { title: 'notice', needs: 'listing:read' } },
      { path: 'checklists/:view(matrix|statistics)?', name: 'checklists', component: () => import('@/features/checklists/ChecklistsPage.vue'), props: true, meta: { title: 'checklists', needs: 'checklist:read' } },
      { path: 'checklists/:id(\\d+)/:tab(lanes|list|saving|history)?', name: 'checklist', component: () => import('@/features/checklists/ChecklistPage.vue'), props: true, meta: { title: 'checklist', needs: 'checklist:read' } },
      { path: 'checklists/of/:code', name: 'checklistOf', component: () => import('@/features/checklists/ChecklistOf.vue'), props: true, meta: { title: 'checklist', needs: 'checklist:read' } },
      { path: 'checklists/status-sheet', name: 'statusSheet', component: () => import('@/features/checklists/StatusSheetPage.vue'), meta: { title: 'statusSheet', needs: 'checklist:work' } },
      { path: 'checklists/templates/:name?/:version(\\d+)?/:view(items|courses|differences)?', name: 'checklistTemplates', component: () => import('@/features/checklists/TemplatesPage.vue'), props: true, meta: { title: 'checklistTemplates', needs: 'checklist:read' } },
      { path: 'checklists/rules', name: 'checklistRules', component: () => import('@/features/checklists/ChecklistRulesPage.vue'), meta: { title: 'checklistRules', needs: 'checklist:read' } },
      { path: 'tracks-inbox', name: 'tracksInbox', component: () => import('@/features/checklists/InboxPage.vue'), meta: { title: 'tracksInbox', needs: 'checklist:read' } },
      { path: 'imports', name: 'imports', component: () => import('@/features/imports/ImportsPage.vue'), meta: { title: 'imports', needs: 'import:read' } },
      { path: 'imports/:id(\\d+)/:step(mapping|findings|changes)?', name: 'import', component: () => import('@/features/imports/ImportPage.vue'), props: true, meta: { title: 'import', needs: 'import:read' } },
      { path: 'control-layers', name: 'controlLayers', component: () => import('@/features/constraints/ControlLayersPage.vue'), meta: { title: 'controlLayers', needs: 'layer:read' } },
      { path: 'constraints', name: 'constraints', component: () => import('@/features/constraints/ResultsPage.vue'), meta: { title: 'constraints', needs: 'parcel:read' } },
      { path: 'rules', name: 'rules', component: () => import('@/features/rules/RulesPage.vue'), meta: { title: 'rules', needs: 'code:read', dated: true } },
      { path: 'admin/users', name: 'users', component: () => import('@/features/admin/UsersPage.vue'), meta: { title: 'users', needs: 'user:manage' } },
      { path: 'admin/keys', name: 'keys', component: () => import('@/features/admin/KeysPage.vue'), meta: { title: 'keys', needs: 'apikey:manage' } },
      { path: 'admin/audit', name: 'audit', component: () => import('@/features/audit/AuditPage.vue'), meta: { title: 'audit', needs: 'audit:read' } },
      { path: 'workdays', name: 'workdays', component: () => import('@/features/workdays/WorkdaysPage.vue'), meta: { title: 'workdays', needs: 'workday:read' } },
      { path: 'account', name: 'account', component: () => import('@/features/account/AccountPage.vue'), meta: { title: 'account' } },
      { path: 'forbidden', name: 'forbidden', component: () => import('./ForbiddenPage.vue'), meta: { title: 'forbidden' } },
    ],
  },
  { path: '/:rest(.*)*', name: 'missing', component: () => import('./MissingPage.vue'), meta: { title: 'missing' } },
]

export function createAppRouter(): Router {
  const router = createRouter({ history: createWebHistory(), routes })
  const session = useSession()
  configureClient({
    onUnauthenticated: () => {
      session.forget()
      if (router.currentRoute.value.meta.desk !== true) return
      void router.push({ name: 'login', query: { next: router.currentRoute.value.fullPath, expired: '1' } })
    },
  })
  router.beforeEach(async (to) => {
    if (to.meta.desk === true || to.name === 'login') await session.ensure()
    return gate(to, session.current)
  })
  return router
}
