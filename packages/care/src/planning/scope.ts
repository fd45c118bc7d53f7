import { type Fact, type Issue, isKnown, NOBODY, type PatientCase, type Plane, type PlaneCompiler } from '@secondwind/core'

/** Histologies that the knowledge base plans for. Others are lung tumours with their own rules, or not lung at all. */
const IN_SCOPE = [
  'adenocarcinoma',
  'squamous',
  'adenosquamous',
  'large-cell',
  'nsclc-nos',
  'sarcomatoid',
  'smarca4-undifferentiated',
  'lcnec',
  'sclc',
  'combined-sclc',
  'lung-nos',
]

/** Why nothing can be proposed for this case: out of scope, or a contradiction that must be settled first. Empty when it can be planned. */
export function refusals(patientCase: PatientCase, adultFromYears?: number): readonly Issue[] {
  const issues: Issue[] = []
  const fact = (id: string): Fact | undefined => patientCase.facts[id]
  const deceased = fact('deceased')
  if (isKnown(deceased) && deceased.value === true) {
    issues.push(
      refusal(
        'deceased',
        'deceased',
        'the chart says that the patient has died',
        'no treatment is planned; bereavement support stands under support',
      ),
    )
  }
  const age = fact('age')
  if (adultFromYears !== undefined && isKnown(age) && typeof age.value === 'number' && age.value < adultFromYears) {
    issues.push(
      refusal(
        'age-out-of-scope',
        'age',
        `the patient is ${age.value} years old: treatments, doses and limits of this knowledge base are for adults from ${adultFromYears} years on`,
        'take the case to a paediatric oncologist; correct the birth date if it is wrong',
      ),
    )
  }
  const histology = fact('histology')
  if (!isKnown(histology)) {
    issues.push(
      histology?.unknown === 'conflicting'
        ? refusal(
            'contradictory-result',
            'histology',
            'the chart names different tumour types that cannot both be right',
            'have pathology settle the type before any systemic treatment',
          )
        : refusal(
            'histology-out-of-scope',
            'histology',
            'no lung cancer was found in the chart',
            'send the primary cancer condition (mCODE PrimaryCancerCondition) with its histology',
          ),
    )
  } else if (!IN_SCOPE.includes(String(histology.value))) {
    issues.push(
      refusal(
        'histology-out-of-scope',
        'histology',
        histology.value === 'not-lung'
          ? 'the primary cancer is not a lung cancer'
          : `this tumour type (${histology.value}) is not one that this knowledge base plans for`,
        'take the case to the board for that tumour',
      ),
    )
  }
  const stage = fact('stage-iv')
  if (!isKnown(stage)) {
    issues.push(
      stage?.unknown === 'conflicting'
        ? refusal(
            'stage-mismatch',
            'stage-iv',
            'stage and metastases contradict each other',
            'have the stage settled: correct the stage group or the metastasis in the chart',
          )
        : refusal(
            'not-metastatic',
            'stage-iv',
            'nothing in the chart says stage IV: no stage group, no M category, no metastasis',
            'send the stage group or the metastases, or complete staging',
          ),
    )
  } else if (stage.value === false) {
    issues.push(
      refusal(
        'not-metastatic',
        'stage-iv',
        'the chart says a stage below IV and names no metastasis',
        'plan by the guidelines for that stage; if metastases were found since, send them',
      ),
    )
  }
  return issues
}

/** The cases of a population that `refusals` would not refuse. */
export function inScopePlane({ code, compile }: PlaneCompiler, adultFromYears?: number): Plane {
  const planned = code.and([
    compile({ op: 'is', fact: 'histology', values: IN_SCOPE }).isTrue,
    compile({ op: 'is', fact: 'stage-iv', values: ['true'] }).isTrue,
  ])
  const dead = compile({ op: 'is', fact: 'deceased', values: ['true'] }).isTrue
  const child = adultFromYears === undefined ? NOBODY : compile({ op: 'compare', fact: 'age', cmp: '<', value: adultFromYears }).isTrue
  return code.andNot(planned, code.or([dead, child]))
}

const refusal = (code: Issue['code'], path: string, message: string, remedy: string): Issue => ({
  code,
  severity: 'error',
  path,
  message,
  remedy,
})
