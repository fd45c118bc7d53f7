import { Tabs } from '@mantine/core'
import { Page } from '../../shared/parts/page.tsx'
import { useWords } from '../../shared/words.ts'
import { CareTeams } from './care-teams.tsx'
import { Directory } from './directory.tsx'

/** For the administrator: who works here in what role, and who cares for whom. */
export function PeopleScreen() {
  const t = useWords('people')
  return (
    <Page title={t('people:title')} windowTitle={t('people:title')} lead={t('people:lead')}>
      <Tabs defaultValue="directory" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="directory">{t('people:directory')}</Tabs.Tab>
          <Tabs.Tab value="teams">{t('people:teams')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="directory">
          <Directory />
        </Tabs.Panel>
        <Tabs.Panel value="teams">
          <CareTeams />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
