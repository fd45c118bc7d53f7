import { useHotkeys } from '@mantine/hooks'
import {
  IconBook2,
  IconBuildingHospital,
  IconHeartHandshake,
  IconInfoCircle,
  IconListCheck,
  IconShieldLock,
  IconUpload,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react'
import { Link, Outlet, useNavigate, useRouter } from '@tanstack/react-router'
import { type ComponentType, lazy, Suspense } from 'react'
import { useMe } from '../shared/me.ts'
import { session } from '../shared/session.ts'
import { useWords } from '../shared/words.ts'
import classes from './shell.module.css'

/** Menus are loaded after the page: nobody opens one in its first moment. */
const TopMenus = lazy(() => import('./top-menus.tsx').then(({ TopMenus }) => ({ default: TopMenus })))

interface Door {
  readonly to: string
  readonly words: string
  readonly key: string
  readonly icon: ComponentType<{ size?: number; stroke?: number; 'aria-hidden'?: boolean }>
  /** What of the table of access opens it; absent: everybody. */
  readonly needs?: readonly [interaction: string, kind: string]
}

const DOORS: readonly Door[] = [
  { to: '/my-plan', words: 'app:nav.my-plan', key: 'm', icon: IconHeartHandshake, needs: ['read', 'own-plan'] },
  { to: '/', words: 'app:nav.patients', key: 'p', icon: IconListCheck, needs: ['search', 'roster'] },
  { to: '/board', words: 'app:nav.board', key: 'b', icon: IconUsersGroup, needs: ['search', 'board'] },
  { to: '/bring', words: 'app:nav.bring', key: 'i', icon: IconUpload, needs: ['transaction', 'cancer'] },
  { to: '/network', words: 'app:nav.network', key: 'n', icon: IconBuildingHospital, needs: ['read', 'network'] },
  { to: '/knowledge', words: 'app:nav.knowledge', key: 'k', icon: IconBook2, needs: ['read', 'knowledge'] },
  { to: '/privacy', words: 'app:nav.privacy', key: 'y', icon: IconShieldLock, needs: ['read', 'audit'] },
  { to: '/people', words: 'app:nav.people', key: 'o', icon: IconUsers, needs: ['read', 'admin'] },
  { to: '/about', words: 'app:nav.about', key: 'a', icon: IconInfoCircle },
]

/** The frame around every screen: ways to go, who is signed in, language, units and light. */
export function Shell() {
  const t = useWords('app')
  const { me, may } = useMe()
  const go = useNavigate()
  const { routesByPath } = useRouter()
  // a door stands only where there is a room
  const doors = DOORS.filter(
    ({ to, needs }) =>
      Object.hasOwn(routesByPath, to) && (needs === undefined || may(...needs)) && !(to === '/my-plan' && me?.role === 'single-user'),
  )
  useHotkeys(doors.map(({ to, key }) => [`alt+${key}`, () => void go({ to: to as '/about' })]))
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content">
        {t('app:skip')}
      </a>
      <nav className={classes.rail} aria-label={t('app:nav.label')}>
        <Link to={'/' as '/about'} className={classes.mark} aria-label={t('app:nav.home')}>
          <img src="/app/mark.svg" width={28} height={28} alt="" />
        </Link>
        <ul>
          {doors.map(({ to, words, key, icon: Icon }) => (
            <li key={to}>
              <Link
                to={to as '/about'}
                title={`${t(words)} (Alt+${key.toUpperCase()})`}
                className={classes.door}
                activeOptions={{ exact: to === '/' }}
                activeProps={{ className: `${classes.door} ${classes.here}`, 'aria-current': 'page' }}
              >
                <Icon size={20} stroke={1.6} aria-hidden />
                <span>{t(words)}</span>
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <div className={classes.rest}>
        <header className={`${classes.top} no-print`}>
          {session.config.isDemo && <span className={classes.watermark}>{t('app:demo')}</span>}
          <span className={classes.space} />
          <Suspense fallback={<span className={classes.menusToCome} />}>
            <TopMenus />
          </Suspense>
        </header>
        <Outlet />
      </div>
    </div>
  )
}
