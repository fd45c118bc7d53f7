import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { narrowingOf } from '../screens/patients/narrowing.ts'
import { Fault } from '../shared/parts/fault.tsx'
import { WaitingPage } from '../shared/parts/waiting.tsx'
import { Arrived } from './arrived.tsx'
import { NotFound } from './not-found.tsx'
import { Shell } from './shell.tsx'
import { SignedInOnly } from './signed-in-only.tsx'

/** Every address of the workspace. A screen is loaded when it is first opened. */
const root = createRootRoute({ notFoundComponent: NotFound })
const arrived = createRoute({ getParentRoute: () => root, path: '/signed-in', component: Arrived })
/** Everything else wants to know who is there, and stands in the frame. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: () => (
    <SignedInOnly>
      <Shell />
    </SignedInOnly>
  ),
})

const about = createRoute({
  getParentRoute: () => inside,
  path: '/about',
  component: lazyRouteComponent(() => import('../screens/about/screen.tsx'), 'AboutScreen'),
})

const myPlan = createRoute({
  getParentRoute: () => inside,
  path: '/my-plan',
  component: lazyRouteComponent(() => import('../screens/my-plan/screen.tsx'), 'MyPlanScreen'),
})

const patients = createRoute({
  getParentRoute: () => inside,
  path: '/',
  // what was searched for is not among it: it may be a name
  validateSearch: narrowingOf,
  component: lazyRouteComponent(() => import('../screens/patients/screen.tsx'), 'PatientsScreen'),
})
const network = createRoute({
  getParentRoute: () => inside,
  path: '/network',
  component: lazyRouteComponent(() => import('../screens/network/screen.tsx'), 'NetworkScreen'),
})
const NetworkWall = lazyRouteComponent(() => import('../screens/network/wall.tsx'), 'NetworkWall')
/** Without the frame, and never locked: there is no name on it. */
const wall = createRoute({
  getParentRoute: () => root,
  path: '/network/wall',
  component: () => (
    <SignedInOnly isNeverLocked>
      <NetworkWall />
    </SignedInOnly>
  ),
})

/** Screens of one patient: `path: '/'` is the case itself, others hang below it. */
const patient = createRoute({
  getParentRoute: () => inside,
  path: '/patients/$patient',
  component: lazyRouteComponent(() => import('./patient-frame.tsx'), 'PatientFrame'),
})

const caseOnePage = createRoute({
  getParentRoute: () => patient,
  path: '/',
  component: lazyRouteComponent(() => import('../screens/case/screen.tsx'), 'CaseScreen'),
})
const bring = createRoute({
  getParentRoute: () => inside,
  path: '/bring',
  component: lazyRouteComponent(() => import('../screens/bring/screen.tsx'), 'BringScreen'),
})
const plan = createRoute({
  getParentRoute: () => patient,
  path: '/plan',
  component: lazyRouteComponent(() => import('../screens/plan/screen.tsx'), 'PlanScreen'),
})
const whatIf = createRoute({
  getParentRoute: () => patient,
  path: '/what-if',
  component: lazyRouteComponent(() => import('../screens/what-if/screen.tsx'), 'WhatIfScreen'),
})
const sharedWhatIf = createRoute({
  getParentRoute: () => inside,
  path: '/what-if',
  component: lazyRouteComponent(() => import('../screens/what-if/shared-screen.tsx'), 'SharedWhatIfScreen'),
})

const timeline = createRoute({
  getParentRoute: () => patient,
  path: '/timeline',
  component: lazyRouteComponent(() => import('../screens/timeline/screen.tsx'), 'TimelineScreen'),
})

const board = createRoute({
  getParentRoute: () => inside,
  path: '/board',
  component: lazyRouteComponent(() => import('../screens/board/screen.tsx'), 'BoardScreen'),
})
const meeting = createRoute({
  getParentRoute: () => inside,
  path: '/board/$meeting',
  component: lazyRouteComponent(() => import('../screens/board/meeting-screen.tsx'), 'MeetingScreen'),
})
const PresentScreen = lazyRouteComponent(() => import('../screens/board/present-screen.tsx'), 'PresentScreen')
/** On the wall of the meeting room, without the frame; it locks like any other page, since patients are on it. */
const present = createRoute({
  getParentRoute: () => root,
  path: '/board/$meeting/present',
  component: () => (
    <SignedInOnly>
      <PresentScreen />
    </SignedInOnly>
  ),
})

const knowledge = createRoute({
  getParentRoute: () => inside,
  path: '/knowledge',
  component: lazyRouteComponent(() => import('../screens/knowledge/screen.tsx'), 'KnowledgeScreen'),
})
const governor = createRoute({
  getParentRoute: () => inside,
  path: '/knowledge/governor',
  component: lazyRouteComponent(() => import('../screens/knowledge/governor-screen.tsx'), 'GovernorScreen'),
})
const release = createRoute({
  getParentRoute: () => inside,
  path: '/knowledge/releases/$version',
  component: lazyRouteComponent(() => import('../screens/knowledge/release-screen.tsx'), 'ReleaseScreen'),
})
const rule = createRoute({
  getParentRoute: () => inside,
  path: '/knowledge/rules/$id',
  component: lazyRouteComponent(() => import('../screens/knowledge/rule-screen.tsx'), 'RuleScreen'),
})

const privacy = createRoute({
  getParentRoute: () => inside,
  path: '/privacy',
  component: lazyRouteComponent(() => import('../screens/privacy/screen.tsx'), 'PrivacyScreen'),
})
const people = createRoute({
  getParentRoute: () => inside,
  path: '/people',
  component: lazyRouteComponent(() => import('../screens/people/screen.tsx'), 'PeopleScreen'),
})

const tree = root.addChildren([
  arrived,
  wall,
  present,
  inside.addChildren([
    about,
    myPlan,
    patients,
    network,
    bring,
    sharedWhatIf,
    board,
    meeting,
    privacy,
    people,
    knowledge,
    governor,
    release,
    rule,
    patient.addChildren([caseOnePage, plan, timeline, whatIf]),
  ]),
])

export const router = createRouter({
  routeTree: tree,
  basepath: '/app',
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingMs: 150,
  defaultPendingComponent: WaitingPage,
  defaultErrorComponent: ({ error, reset }) => <Fault error={error} again={reset} />,
})

declare module '@tanstack/react-router' {
  interface Register {
    readonly router: typeof router
  }
}
