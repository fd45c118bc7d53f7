import type { NetworkSite } from '@secondwind/server/contract'
import { useWords } from '../../shared/words.ts'
import classes from './network.module.css'
import { placeLabels } from './place-labels.ts'

const WIDTH = 340
const MARGIN = 42
const LARGEST = 17

/** Where the hospitals lie to one another; the area of a dot is its patients. No map is loaded from anywhere: distances are what matters. */
export function Sketch({ sites }: { readonly sites: readonly NetworkSite[] }) {
  const t = useWords('network')
  const places = sites.map(({ position }) => position!)
  const middle = (places.reduce((sum, { latitude }) => sum + latitude, 0) / places.length) * (Math.PI / 180)
  // degrees of longitude shrink towards the poles
  const x = (longitude: number): number => longitude * Math.cos(middle)
  const [west, east] = range(places.map(({ longitude }) => x(longitude)))
  const [south, north] = range(places.map(({ latitude }) => latitude))
  const scale = (WIDTH - 2 * MARGIN) / Math.max(east - west, (north - south) * 0.9, 0.01)
  const height = Math.max(160, (north - south) * scale + 2 * MARGIN)
  const most = Math.max(1, ...sites.map(({ patients }) => patients))
  const dots = sites.map(({ position, patients, city, name }) => ({
    x: MARGIN + (x(position!.longitude) - west) * scale,
    y: MARGIN + (north - position!.latitude) * scale,
    radius: 3 + LARGEST * Math.sqrt(patients / most),
    words: city ?? name,
  }))
  const labels = placeLabels(dots, WIDTH)
  return (
    <figure className={classes.sketch}>
      <svg viewBox={`0 0 ${WIDTH} ${height}`} role="img" aria-label={t('network:sketch')}>
        {sites.map(({ site, overdue }, i) => (
          <g key={site}>
            <circle
              cx={dots[i]!.x}
              cy={dots[i]!.y}
              r={dots[i]!.radius}
              className={classes.dot}
              data-emergency={overdue.emergencies > 0 || undefined}
            />
            <text x={labels[i]!.x} y={labels[i]!.y} textAnchor={labels[i]!.anchor} className={classes.place}>
              {dots[i]!.words}
            </text>
          </g>
        ))}
      </svg>
      <figcaption className="quiet">{t('network:sketch.caption')}</figcaption>
    </figure>
  )
}

const range = (values: readonly number[]): readonly [number, number] => [Math.min(...values), Math.max(...values)]
