/** Something wrong in the knowledge base: what, where, why it matters, and how to put it right. */
export interface Finding {
  readonly code:
    | 'yaml'
    | 'schema'
    | 'criterion'
    | 'dangling'
    | 'duplicate'
    | 'citation'
    | 'example'
    | 'review'
    | 'policy'
    | 'unused'
    | 'unit'
    | 'code'
    | 'draft'
  readonly file: string
  readonly line: number
  readonly entry?: string
  readonly message: string
  readonly remedy: string
  /** A warning does not fail the check. */
  readonly severity?: 'warning'
}

export const findingText = (f: Finding): string =>
  `${f.file}:${f.line}  ${f.severity === 'warning' ? 'warning ' : ''}${f.code}${f.entry ? ` [${f.entry}]` : ''}: ${f.message} (${f.remedy})`

/** Why each kind of finding matters to a patient: the third step of the ladder what, where, why, remedy. */
export const WHY: { readonly [code in Finding['code']]: string } = {
  yaml: 'the file cannot be read, so none of its rules reaches a plan',
  schema: 'an entry of another shape is left out of the base, and a rule that no plan knows protects nobody',
  criterion: 'a question that cannot be read is never answered, so the rule never speaks',
  dangling: 'a name that leads nowhere: the rule silently loses the drug, test or evidence it speaks of',
  duplicate: 'of two entries with one name one hides the other, and nobody can say which of them a plan used',
  citation: 'the clinician who signs cannot check a claim without its source and the place in it',
  example: "the examples are the rule's own test: here it does something else than its author said it does",
  review: 'what nobody has looked at again, or has never seen in its source, must not look as if somebody had',
  policy: 'the planner orders and rounds by this policy: where it is wrong, every plan is',
  unused: 'dead weight, and often a rule that lost its partner',
  unit: 'a number in another unit is wrong by a factor: a dose or a limit can be off ten or a hundred times',
  code: "a wrong code reads nothing from a chart, or reads somebody else's finding",
  draft: 'a draft that was not filled in must not be taken for knowledge',
}

/**
 * One finding for a person at a terminal: where, what, the line itself, why it matters, what to do.
 *
 * `source` is the line of the file as it stands, when it can be read.
 */
export function findingBlock(f: Finding, source?: string): string {
  const { remedy, ...rest } = f
  const head = findingText({ ...rest, remedy: '' }).replace(/ \(\)$/, '')
  const excerpt = source?.trim()
  const shown = excerpt && excerpt.length > 150 ? `${excerpt.slice(0, 150)} …` : excerpt
  return [head, ...(shown ? [`  line    ${shown}`] : []), `  why     ${WHY[f.code]}`, `  remedy  ${remedy}`].join('\n')
}
