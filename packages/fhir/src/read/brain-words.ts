import { type Statement, statementsOf } from './assertion.ts'
import type { ReadContext, ReaderKnowledge } from './context.ts'
import { type Evidence, type Finding, report } from './findings.ts'
import { isOfEarlierYear, type Lexicon, lexiconOf } from './words.ts'

interface BrainFile {
  readonly brainFindings: readonly Omit<Finding, 'table'>[]
}

const lexicons = new WeakMap<object, Lexicon<Finding>>()

function lexiconFor(knowledge: ReaderKnowledge): Lexicon<Finding> {
  const file = knowledge.terminology<BrainFile>('imaging-phrases')
  const known = lexicons.get(file)
  if (known) return known
  const lexicon = lexiconOf(
    file.brainFindings.flatMap((finding) =>
      (finding.phrases ?? []).map((phrase) => [phrase, { ...finding, table: 'imaging-phrases' } as Finding] as const),
    ),
  )
  lexicons.set(file, lexicon)
  return lexicon
}

/**
 * Findings in words that say enough where the text speaks of the brain ("the larger one haemorrhagic", "with signs of recent bleeding"):
 * for a report of the brain and for the words of a brain metastasis only. Returns the statements that counted.
 */
export function readBrainWords(context: ReadContext, text: string, evidence: Evidence): readonly Statement<Finding>[] {
  const statements = statementsOf(context.knowledge, lexiconFor(context.knowledge), text)
    .filter(({ polarity }) => polarity !== 'ignored')
    .map((statement) => (isOfEarlierYear(statement.words, evidence.on) ? { ...statement, polarity: 'past' as const } : statement))
  const isFound = statements.some(({ polarity, value }) => polarity === 'present' && value.sets !== undefined)
  for (const { value, polarity, words } of statements)
    if (polarity === 'present' || !isFound) report(context, value, polarity, { ...evidence, words })
  return statements
}
