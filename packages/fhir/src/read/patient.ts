import { earliestDay, latestDay } from '@secondwind/core'
import type { ReadContext, ReaderKnowledge, Reading, Resource } from './context.ts'
import { onceFor } from './remember.ts'
import { conceptOf, dayOf, extensionOf, labelOf, nameOf, objectsOf, plain, stringOf } from './shapes.ts'

/** `knowledge/terminology/countries.yaml`: jurisdiction → names and codes of countries; `eastAsia` lists countries of East Asia. */
type CountriesFile = { readonly [jurisdiction: string]: readonly string[] }

interface Countries {
  readonly jurisdiction: ReadonlyMap<string, string>
  readonly eastAsia: ReadonlySet<string>
}

/**
 * Sex, birth date, death, language and country from the Patient.
 *
 * `gender: unknown` leaves sex unknown unless the US Core birth sex says more. A birth date after the plan's day is refused. A death after the plan's day
 * has not happened yet on that day. A country decides the jurisdiction; one that no list names is `other`.
 */
export function readPatient(context: ReadContext): void {
  const { patient } = context.chart
  context.understood(patient)
  readSex(context, patient)
  readBirthDate(context, patient)
  readDeath(context, patient)
  readLanguage(context, patient)
  readCountry(context, patient)
}

function readSex(context: ReadContext, patient: Resource): void {
  const gender = stringOf(patient.gender)?.toLowerCase()
  if (gender === 'male' || gender === 'female' || gender === 'other') {
    read(context, 'sex', patient, 'gender', { value: gender })
    return
  }
  const birthSex = stringOf(extensionOf(patient, 'us-core-birthsex')?.valueCode)
  if (birthSex === 'M' || birthSex === 'F') read(context, 'sex', patient, 'extension', { value: birthSex === 'M' ? 'male' : 'female' })
  else if (gender !== undefined && gender !== 'unknown') {
    context.issue({
      code: 'invalid-element',
      severity: 'warning',
      path: `${nameOf(patient)}.gender`,
      message: `the gender "${gender}" is not a FHIR code`,
      remedy: 'use male, female, other or unknown',
    })
  }
}

function readBirthDate(context: ReadContext, patient: Resource): void {
  if (patient.birthDate === undefined) return
  const path = `${nameOf(patient)}.birthDate`
  const birth = dayOf(patient.birthDate)
  const first = birth === undefined ? undefined : earliestDay(birth)
  if (birth === undefined || first === undefined) {
    context.issue({
      code: 'invalid-date',
      severity: 'warning',
      path,
      message: `the birth date ${JSON.stringify(patient.birthDate)?.slice(0, 40)} is not a date`,
      remedy: 'correct it: age decides doses',
    })
    return
  }
  if (first > (latestDay(context.asOf) ?? Number.POSITIVE_INFINITY)) {
    context.issue({
      code: 'future-date',
      severity: 'warning',
      path,
      message: `born on ${birth}, after the day of this plan (${context.asOf})`,
      remedy: 'correct it: age decides doses',
    })
    read(context, 'birth-date', patient, 'birthDate', { unknown: 'conflicting' })
    return
  }
  read(context, 'birth-date', patient, 'birthDate', { value: birth })
}

function readDeath(context: ReadContext, patient: Resource): void {
  const diedOn = dayOf(patient.deceasedDateTime)
  const first = diedOn === undefined ? undefined : earliestDay(diedOn)
  if (patient.deceasedBoolean === false) {
    read(context, 'deceased', patient, 'deceasedBoolean', { value: false })
    return
  }
  if (patient.deceasedBoolean !== true && patient.deceasedDateTime === undefined) return
  if (first !== undefined && first > (latestDay(context.asOf) ?? Number.POSITIVE_INFINITY)) {
    read(context, 'deceased', patient, 'deceasedDateTime', { value: false })
    context.issue({
      code: 'future-date',
      severity: 'information',
      path: `${nameOf(patient)}.deceasedDateTime`,
      message: `died on ${diedOn}, after the day of this plan (${context.asOf})`,
    })
    return
  }
  read(context, 'deceased', patient, diedOn === undefined ? 'deceasedBoolean' : 'deceasedDateTime', { value: true })
  context.issue({
    code: 'deceased',
    severity: 'error',
    path: nameOf(patient),
    message: `the chart says that the patient has died${diedOn === undefined ? '' : ` (${diedOn})`}`,
    remedy: 'correct the chart if this is wrong, or plan for an earlier day',
  })
}

function readLanguage(context: ReadContext, patient: Resource): void {
  const spoken = objectsOf(patient.communication)
  const chosen = spoken.find((entry) => entry.preferred === true) ?? spoken[0]
  const language = chosen === undefined ? undefined : labelOf(conceptOf(chosen.language))
  if (language !== undefined) read(context, 'language', patient, 'communication', { value: language })
}

function readCountry(context: ReadContext, patient: Resource): void {
  const addresses = objectsOf(patient.address).filter((address) => address.use !== 'old' && stringOf(address.country) !== undefined)
  const address = addresses.find((candidate) => candidate.use === 'home') ?? addresses[0]
  const country = stringOf(address?.country)
  if (country === undefined) return
  const { jurisdiction, eastAsia } = countriesOf(context.knowledge)
  const key = plain(country)
  read(context, 'jurisdiction', patient, 'address', { value: jurisdiction.get(key) ?? 'other' })
  if (eastAsia.has(key)) read(context, 'ancestry-asian', patient, 'address', { value: true, words: `lives in ${country}` })
}

function read(context: ReadContext, fact: string, patient: Resource, path: string, reading: Omit<Reading, 'source'>): void {
  context.read(fact, { ...reading, source: context.source(patient, path) })
}

const countriesOf = onceFor((knowledge: ReaderKnowledge): Countries => {
  const { eastAsia, ...jurisdictions } = knowledge.terminology<CountriesFile>('countries')
  const jurisdiction = new Map<string, string>()
  for (const [name, countries] of Object.entries(jurisdictions)) for (const country of countries) jurisdiction.set(plain(country), name)
  const result: Countries = { jurisdiction, eastAsia: new Set(eastAsia?.map(plain)) }
  return result
})
