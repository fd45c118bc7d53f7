import { ActionIcon, Menu, Text, Tooltip, useMantineColorScheme } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import {
  IconBook2,
  IconBuildingHospital,
  IconInfoCircle,
  IconLanguage,
  IconListCheck,
  IconLogout,
  IconMoon,
  IconShieldLock,
  IconSun,
  IconUpload,
  IconUserCircle,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useRouter } from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { UNIT_SYSTEMS, useUnits } from '../shared/format/units.ts'
import { useMe } from '../shared/me.ts'
import { session } from '../shared/session.ts'
import { changeLanguage, LANGUAGES, type Language, useLanguage, useWords } from '../shared/words.ts'
import { signOut } from './leave.ts'
import classes from './shell.module.css'

interface Door {
  readonly to: string
  readonly words: string
  readonly key: string
  readonly icon: ComponentType<{ size?: number; stroke?: number; 'aria-hidden'?: boolean }>
  /** What of the table of access opens it; absent: everybody. */
  readonly needs?: readonly [interaction: string, kind: string]
}

const DOORS: readonly Door[] = [
  { to: '/', words: 'app:nav.patients', key: 'p', icon: IconListCheck, needs: ['search', 'roster'] },
  { to: '/board', words: 'app:nav.board', key: 'b', icon: IconUsersGroup, needs: ['read', 'decision'] },
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
  const doors = DOORS.filter(({ to, needs }) => Object.hasOwn(routesByPath, to) && (needs === undefined || may(...needs)))
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
              <Tooltip label={`${t(words)} (Alt+${key.toUpperCase()})`} position="right" openDelay={400}>
                <Link
                  to={to as '/about'}
                  className={classes.door}
                  activeOptions={{ exact: to === '/' }}
                  activeProps={{ className: `${classes.door} ${classes.here}`, 'aria-current': 'page' }}
                >
                  <Icon size={20} stroke={1.6} aria-hidden />
                  <span>{t(words)}</span>
                </Link>
              </Tooltip>
            </li>
          ))}
        </ul>
      </nav>
      <div className={classes.rest}>
        <header className={`${classes.top} no-print`}>
          {session.config.isDemo && <span className={classes.watermark}>{t('app:demo')}</span>}
          <span className={classes.space} />
          <Light />
          <Choices />
          <Menu position="bottom-end" width={260}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('app:me.label')}>
                <IconUserCircle size={22} stroke={1.6} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{t('app:me.label')}</Menu.Label>
              <Text px="sm" pb="xs" size="sm">
                {me?.title}
                <br />
                <span className="quiet">
                  {me?.who} · {me?.site}
                </span>
              </Text>
              <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={signOut}>
                {t('app:sign-out')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </header>
        <Outlet />
      </div>
    </div>
  )
}

function Light() {
  const t = useWords('app')
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const next = colorScheme === 'dark' ? 'light' : 'dark'
  const label = t(next === 'dark' ? 'app:light.dark' : 'app:light.light')
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={() => setColorScheme(next)}>
        {next === 'dark' ? <IconMoon size={20} stroke={1.6} aria-hidden /> : <IconSun size={20} stroke={1.6} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  )
}

/** Language and units: kept on this device. */
function Choices() {
  const t = useWords('app')
  const language = useLanguage()
  const queries = useQueryClient()
  const [units, setUnits] = useUnits()
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('app:choices')}>
          <IconLanguage size={20} stroke={1.6} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t('app:language')}</Menu.Label>
        {(Object.entries(LANGUAGES) as [Language, string][]).map(([code, name]) => (
          <Menu.Item
            key={code}
            lang={code}
            role="menuitemradio"
            aria-checked={code === language}
            onClick={() => void changeLanguage(code).then(() => queries.invalidateQueries())}
          >
            {name}
            {code === language ? ' ✓' : ''}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>{t('app:units')}</Menu.Label>
        {UNIT_SYSTEMS.map((system) => (
          <Menu.Item key={system} role="menuitemradio" aria-checked={system === units} onClick={() => setUnits(system)}>
            {t(`app:units.${system}`)}
            {system === units ? ' ✓' : ''}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
