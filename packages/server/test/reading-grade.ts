/**
 * Flesch–Kincaid grade: 0.39 × words per sentence + 11.8 × syllables per word − 15.59.
 *
 * Syllables are counted by rule (groups of vowels, silent endings), which is right for plain English within a few per cent. Names of cancer drugs of the
 * knowledge base are left out, words and all: nobody can choose a shorter one, and the page explains each. A line without a full stop is one sentence.
 */
export function readingGrade(lines: readonly string[], leftOut: ReadonlySet<string>): number {
  const sentences = lines.flatMap((line) => line.split(/(?<=[.?!:])\s+/)).map(wordsOf)
  const kept = sentences.map((words) => words.filter((w) => !leftOut.has(w))).filter((words) => words.length > 0)
  const words = kept.flat()
  if (words.length === 0) return 0
  const syllables = words.reduce((sum, word) => sum + syllablesOf(word), 0)
  return 0.39 * (words.length / kept.length) + 11.8 * (syllables / words.length) - 15.59
}

const wordsOf = (sentence: string): readonly string[] =>
  sentence
    .toLowerCase()
    .split(/[^a-z0-9']+/)
    .filter((w) => /[a-z0-9]/.test(w))

/** Syllables of an English word. Figures count as one; capitals read letter by letter are lower case here and count by their vowels. */
export function syllablesOf(word: string): number {
  const letters = word.replace(/[^a-z]/g, '')
  if (letters.length <= 3) return 1
  const stem = letters
    .replace(/(?:[^laeiouy]es|ed|[^laeiouy]e)$/, (end) =>
      /[td]ed$/.test(letters) || /(?:s|x|z|ch|sh|g|c)es$/.test(letters) ? end : end.charAt(0) === 'e' ? '' : end.charAt(0),
    )
    .replace(/^y/, '')
  const groups = stem.match(/[aeiouy]{1,2}/g)?.length ?? 1
  const apart = stem.match(/(?<![ct])i[au]|(?<![tsgcn])io/g)?.length ?? 0
  return Math.max(1, groups + apart)
}

/** Words of the trade that a page for patients does without, or explains in brackets where marked so. */
export const JARGON: readonly string[] = [
  'metasta',
  'systemic',
  'histolog',
  'toxicit',
  'neutropen',
  'thrombocyto',
  'haemopty',
  'hemopty',
  'dyspn',
  'pneumonitis',
  'ecog',
  'tki',
  'kinase',
  'inhibitor',
  'checkpoint',
  'platinum',
  'doublet',
  'regimen',
  'cycle',
  'first-line',
  'second-line',
  'monotherapy',
  'progression',
  'refractory',
  'contraindicat',
  'adverse',
  'oedema',
  'edema',
  'neuropath',
  'mucositis',
  'stomatitis',
  'prognos',
  'palliation',
  'stereotactic',
  'sbrt',
  'srs',
  'fraction',
  'intravenous',
  'subcutaneous',
  'infusion',
  'antibody',
  'conjugate',
  'cytotoxic',
  'biomarker',
  'mutation',
  'fusion',
  'exon',
  'tps',
  'qtc',
  'mg/m',
  'auc',
  'creatinine',
  'bilirubin',
  'comorbid',
  'lesion',
  'tumour',
  'tumor',
  'malignan',
  'carcinoma',
  'hepatotox',
  'hepatic',
  'renal',
  'you should take',
  'you must take',
  'undefined',
  'null',
  'nan',
]
