import type { Script, SqlStep } from './script.ts'

/** How a question is split, in words: how many statements, over what, and why. */
export function explainScript({ steps, stages, limits, dialect }: Script, shown: (step: SqlStep) => boolean = () => false): string {
  const asked = steps.filter((step) => step.kind !== 'drop')
  const size = steps.reduce((sum, step) => sum + ('query' in step ? step.query.length : 0), 0)
  const waves = stages.waves.length
  const lines = [
    `${dialect}: ${asked.length} statements (${Math.round(size / 1000)} kB of SQL) for ${stages.formulas} formulas over ${stages.atoms} atoms`,
    `A statement works out up to ${limits.formulas} formulas, a table has up to ${limits.columns} columns, and a formula of up to ${limits.inline} parts is written out where it is needed.`,
    waves === 1
      ? 'One wave: the atoms are worked out once, then what several statements need, then the statements that count.'
      : `${waves} waves, since the columns do not fit into one table: each works out its own atoms.`,
    '',
  ]
  let number = 0
  for (const step of steps) {
    if (step.kind === 'drop') lines.push(`     drop ${step.name}`)
    else
      lines.push(
        `${String(++number).padStart(3)}. ${step.kind === 'make' ? `table ${step.name}` : step.kind}: ${step.why} (${Math.ceil(step.query.length / 1000)} kB)`,
      )
    if (shown(step) && 'query' in step) lines.push('', step.query, '')
  }
  return `${lines.join('\n')}\n`
}
