import { ActionIcon, Menu, Text, Tooltip, useMantineColorScheme } from '@mantine/core'
import { IconLanguage, IconLogout, IconMoon, IconSun, IconUserCircle } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { UNIT_SYSTEMS, useUnits } from '../shared/format/units.ts'
import { useMe } from '../shared/me.ts'
import { changeLanguage, LANGUAGES, type Language, useLanguage, useWords } from '../shared/words.ts'
import { signOut } from './leave.ts'

/** Light or dark, language and units, and who is signed in. */
export function TopMenus() {
  const t = useWords('app')
  const { me } = useMe()
  return (
    <>
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
    </>
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
