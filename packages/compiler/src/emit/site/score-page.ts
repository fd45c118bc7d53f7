import type { GradeRow, ScoreRule, ScoreTest } from '@secondwind/core'
import { type Html, html, listed, SCROLL, upperFirst } from './html.ts'

/** What a score is made of: points and their conditions, limits of grades, factors of equivalents, limits of response. */
export function scoreBody(score: ScoreRule): Html {
  switch (score.kind) {
    case 'points':
      return html`${SCROLL}<table><thead><tr><th>Item</th><th>Points</th><th>When</th></tr></thead><tbody>${score.items.map((item) =>
        item.rows.map(
          (row, i) =>
            html`<tr>${i === 0 && html`<th scope="rowgroup" rowspan="${item.rows.length}">${upperFirst(item.label)}</th>`}<td>${row.points}</td><td>${listed(row.when.map(testsText), 'or')}</td></tr>`,
        ),
      )}</tbody></table></div><p class="quiet">No row that holds: 0 points. Total ${score.total[0]} to ${score.total[1]}.</p>
${score.bands.length > 0 && html`<h3>What the total means</h3>${SCROLL}<table><tbody>${score.bands.map((b) => html`<tr><th scope="row">${b.from === b.to ? b.from : `${b.from} to ${b.to}`}</th><td>${b.label}</td></tr>`)}</tbody></table></div>`}${remarks(score.remarks)}`
    case 'equivalents':
      return html`<p>${score.factorSet}, in ${score.unit}.</p>${SCROLL}<table><thead><tr><th>Drug</th><th>Per</th><th>Factor</th></tr></thead><tbody>${score.factors.map((f) => html`<tr><th scope="row">${f.label}</th><td>${f.unit}</td><td>${f.factor}</td></tr>`)}</tbody></table></div>${remarks(score.remarks)}`
    case 'toxicity':
      return html`<p>CTCAE version ${score.version}. Versions never mix.</p>${SCROLL}<table><thead><tr><th>Grade</th><th>Limit, in ${score.unit}</th></tr></thead><tbody>${score.rows.map((r) => html`<tr><th scope="row">${r.grade}</th><td>${gradeText(r)}</td></tr>`)}</tbody></table></div>${remarks(score.remarks)}`
    case 'response':
      return html`<ul><li>Progression: a rise of at least ${score.risePercent}% over the smallest sum, and of ${score.riseMm} mm</li><li>Response: a fall of at least ${score.fallPercent}%</li><li>Targets: from ${score.targetFromMm} mm, lymph nodes from ${score.nodeTargetFromMm} mm in the short axis, at most ${score.mostTargets}</li><li>A lymph node below ${score.normalNodeBelowMm} mm is normal</li></ul>${remarks(score.remarks)}`
    case 'toxicity-version':
      return html`<p>Grades are made in version ${score.version} unless another one is asked for (${score.versions.join(', ')}).</p>`
    case 'not-computed':
      return html`<p>It is not computed: ${score.because}.</p>`
  }
}

interface Remark {
  readonly from?: number
  readonly to?: number
  readonly when?: { readonly [key: string]: ScoreTest }
  readonly say: string
}

const remarks = (list: readonly Remark[]): Html | false =>
  list.length > 0 && html`<h3>Said with it</h3><ul>${list.map((r) => html`<li>${remarkScope(r)}${r.say}</li>`)}</ul>`

/** For which results a remark is said; without its scope a figure would be taken for everybody's. */
function remarkScope({ from, to, when }: Remark): Html | undefined {
  const range =
    from !== undefined && to !== undefined
      ? from === to
        ? `at ${from}`
        : `at ${from} to ${to}`
      : from !== undefined
        ? `at ${from} or more`
        : to !== undefined
          ? `up to ${to}`
          : undefined
  const scope = [...(range === undefined ? [] : [range]), ...(when ? [`when ${testsText(when)}`] : [])].join(', ')
  return scope === '' ? undefined : html`<strong>${upperFirst(scope)}:</strong> `
}

const LIMITS = { above: 'above', atLeast: 'at least', below: 'below', atMost: 'at most' } as const

const testsText = (tests: { readonly [key: string]: ScoreTest }): string =>
  Object.entries(tests)
    .map(([key, test]) => `${key.replace(/-/g, ' ')} ${typeof test === 'string' ? test.replace(/-/g, ' ') : limitsText(test)}`)
    .join(' and ')

const limitsText = (limits: { readonly [limit: string]: number | undefined }): string =>
  (Object.keys(LIMITS) as (keyof typeof LIMITS)[])
    .filter((key) => limits[key] !== undefined)
    .map((key) => `${LIMITS[key]} ${limits[key]}`)
    .join(' and ')

function gradeText(r: GradeRow): string {
  return [
    limitsText({ above: r.above, atLeast: r.atLeast, below: r.below }),
    r.belowLower !== undefined && `below ${r.belowLower} × the lower limit of normal`,
    r.aboveUpper !== undefined && `above ${r.aboveUpper} × the upper limit of normal`,
    r.aboveBaseline !== undefined && `above ${r.aboveBaseline} × the value before treatment`,
    r.atLeastBaseline !== undefined && `at least ${r.atLeastBaseline} × the value before treatment`,
    r.riseAbove !== undefined && `risen by more than ${r.riseAbove}`,
    r.baseline !== undefined && `${r.baseline} before treatment`,
    r.symptoms !== undefined && (r.symptoms ? 'with symptoms' : 'without symptoms'),
  ]
    .filter((part) => typeof part === 'string' && part !== '')
    .join(', ')
}
