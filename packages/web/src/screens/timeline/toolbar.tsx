import { ActionIcon, Button, Checkbox, Group, Menu, Popover, SegmentedControl } from '@mantine/core'
import type { Timeline, TimelineLaneId } from '@secondwind/server/contract'
import { IconArrowsHorizontal, IconChevronLeft, IconChevronRight, IconEye, IconPrinter, IconZoomIn, IconZoomOut } from '@tabler/icons-react'
import { useWords } from '../../shared/words.ts'
import classes from './timeline.module.css'

export interface ToolbarProps {
  readonly timeline: Timeline
  readonly mode: 'plot' | 'table'
  readonly setMode: (mode: 'plot' | 'table') => void
  readonly hidden: ReadonlySet<TimelineLaneId>
  readonly hide: (lane: TimelineLaneId) => void
  readonly isCompressed: boolean
  readonly compress: (is: boolean) => void
  readonly isFromDiagnosis: boolean
  readonly setFromDiagnosis: (is: boolean) => void
  readonly zoom: (factor: number) => void
  readonly pan: (share: number) => void
  /** Months back from today, a line by its place, or everything. */
  readonly show: (what: { readonly months: number } | { readonly line: number } | 'all') => void
}

const MONTHS = [3, 6, 12, 24] as const

/** Everything that the keys and fingers do, as buttons. */
export function Toolbar(props: ToolbarProps) {
  const t = useWords('timeline')
  const { timeline, mode, setMode, hidden, hide, zoom, pan, show } = props
  return (
    <Group gap="xs" className={`${classes.toolbar} no-print`} role="toolbar" aria-label={t('timeline:toolbar')}>
      <SegmentedControl
        size="xs"
        value={mode}
        onChange={(value) => setMode(value as 'plot' | 'table')}
        aria-label={t('timeline:as')}
        data={[
          { value: 'plot', label: t('timeline:as-plot') },
          { value: 'table', label: t('timeline:as-table') },
        ]}
      />
      {mode === 'plot' && (
        <>
          <Group gap={2} wrap="nowrap">
            <ActionIcon variant="default" aria-label={t('timeline:pan-left')} onClick={() => pan(-0.3)}>
              <IconChevronLeft size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon variant="default" aria-label={t('timeline:zoom-out')} onClick={() => zoom(1 / 0.7)}>
              <IconZoomOut size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon variant="default" aria-label={t('timeline:zoom-in')} onClick={() => zoom(0.7)}>
              <IconZoomIn size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon variant="default" aria-label={t('timeline:pan-right')} onClick={() => pan(0.3)}>
              <IconChevronRight size={16} aria-hidden />
            </ActionIcon>
          </Group>
          <Menu position="bottom-start" shadow="sm">
            <Menu.Target>
              <Button size="xs" variant="default" leftSection={<IconArrowsHorizontal size={16} aria-hidden />}>
                {t('timeline:span')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => show('all')}>{t('timeline:span-all')}</Menu.Item>
              {MONTHS.map((months) => (
                <Menu.Item key={months} onClick={() => show({ months })}>
                  {t('timeline:span-months', { count: months })}
                </Menu.Item>
              ))}
              {timeline.lines.length > 0 && <Menu.Divider />}
              {timeline.lines.map(({ number, drugs, start }, i) =>
                start === undefined ? null : (
                  <Menu.Item key={`${start.said}${drugs.join()}`} onClick={() => show({ line: i })}>
                    {number === undefined ? t('timeline:line-curative') : t('timeline:line-long', { number })} · {drugs.join(' + ')}
                  </Menu.Item>
                ),
              )}
            </Menu.Dropdown>
          </Menu>
        </>
      )}
      <Popover position="bottom-start" shadow="sm" trapFocus returnFocus>
        <Popover.Target>
          <Button size="xs" variant="default" leftSection={<IconEye size={16} aria-hidden />}>
            {hidden.size === 0 ? t('timeline:lanes') : t('timeline:lanes-hidden', { count: hidden.size })}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <fieldset className={classes.choices}>
            <legend>{t('timeline:lanes-shown')}</legend>
            {timeline.lanes.map(({ id, items, series }) => (
              <Checkbox
                key={id}
                size="xs"
                checked={!hidden.has(id)}
                onChange={() => hide(id)}
                label={`${t(`timeline:lane.${id}`)} (${items.length + series.length})`}
              />
            ))}
          </fieldset>
        </Popover.Dropdown>
      </Popover>
      {mode === 'plot' && (
        <>
          <Checkbox
            size="xs"
            checked={props.isCompressed}
            onChange={({ currentTarget }) => props.compress(currentTarget.checked)}
            label={t('timeline:compress')}
          />
          {timeline.diagnosed !== undefined && (
            <Checkbox
              size="xs"
              checked={props.isFromDiagnosis}
              onChange={({ currentTarget }) => props.setFromDiagnosis(currentTarget.checked)}
              label={t('timeline:from-diagnosis')}
            />
          )}
        </>
      )}
      <Button size="xs" variant="subtle" leftSection={<IconPrinter size={16} aria-hidden />} onClick={() => window.print()}>
        {t('timeline:print')}
      </Button>
    </Group>
  )
}
