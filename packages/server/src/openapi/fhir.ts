import { bundle, type Described, type Example, FHIR, instant, list, NDJSON, object, resource, text, truth } from './described.ts'

const ANN = { reference: 'Patient/ann' }
const code = (system: string, value: string, display: string) => ({ coding: [{ system, code: value, display }], text: display })
const SNOMED = 'http://snomed.info/sct'
const LOINC = 'http://loinc.org'
const ACTIVE = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }] }

const patient = {
  resourceType: 'Patient',
  id: 'ann',
  name: [{ family: 'Example', given: ['Ann'] }],
  gender: 'female',
  birthDate: '1961-04-02',
}
const tumour = {
  resourceType: 'Condition',
  id: 'ann-tumour',
  clinicalStatus: ACTIVE,
  code: code(SNOMED, '254637007', 'Non-small cell lung cancer'),
  subject: ANN,
  onsetDateTime: '2026-10-01',
}
const stage = {
  resourceType: 'Observation',
  id: 'ann-stage',
  status: 'final',
  code: code(SNOMED, '399537006', 'Clinical TNM stage grouping (observable entity)'),
  subject: ANN,
  effectiveDateTime: '2026-11-07',
  valueCodeableConcept: code(SNOMED, '1222837003', 'American Joint Committee on Cancer stage IV'),
}
const liver = {
  resourceType: 'Condition',
  id: 'ann-liver',
  clinicalStatus: ACTIVE,
  code: code(SNOMED, '94381002', 'Secondary malignant neoplasm of liver (disorder)'),
  subject: ANN,
  onsetDateTime: '2026-10-01',
}
const sodium = {
  resourceType: 'Observation',
  id: 'ann-sodium',
  status: 'final',
  code: code(LOINC, '2951-2', 'Sodium [Moles/volume] in Serum or Plasma'),
  subject: ANN,
  effectiveDateTime: '2026-11-22',
  valueQuantity: { value: 118, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
}
const fitness = (id: string, grade: number) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: code(LOINC, '89247-1', 'ECOG Performance Status score'),
  subject: ANN,
  effectiveDateTime: '2026-11-20',
  valueInteger: grade,
})
const group = { resourceType: 'Group', id: 'clinic', type: 'person', actual: true, member: [{ entity: ANN }] }
const put = (one: { readonly resourceType: string; readonly id: string }) => ({
  resource: one,
  request: { method: 'PUT', url: `${one.resourceType}/${one.id}` },
})
const by = (more: Omit<Example, 'as'> = {}): Example => ({ as: 'integration', ...more })
const observation = { type: 'Observation', id: 'ann-ecog' }
const outcome = resource('OperationOutcome')
const patch = [{ op: 'replace', path: '/status', value: 'amended' }]
const PATCH = 'application/json-patch+json'
const anyResource = { type: 'object', required: ['resourceType'], properties: { resourceType: text } }
const manifest = object({
  transactionTime: instant,
  request: text,
  requiresAccessToken: truth,
  output: list(object({ type: text, url: text })),
  error: { type: 'array' },
})

const parameters = {
  type: 'object',
  required: ['resourceType'],
  properties: { resourceType: { const: 'Parameters' }, parameter: { type: 'array' } },
}
const asked = (...parameter: readonly object[]) => ({ resourceType: 'Parameters', parameter })

/** Every operation of the FHIR API, in an order in which its examples can be sent to an empty server. */
export const FHIR_OPERATIONS: { readonly [operation: string]: Described } = {
  'fhir-metadata': {
    summary: 'What this server can do: its CapabilityStatement',
    status: 200,
    answer: resource('CapabilityStatement'),
    answerType: FHIR,
    example: { as: 'nobody' },
  },
  'fhir-bundle': {
    summary: 'A transaction (all or nothing) or a batch (each entry for itself)',
    body: {
      type: 'object',
      required: ['resourceType', 'type'],
      properties: { resourceType: { const: 'Bundle' }, type: { enum: ['transaction', 'batch'] } },
    },
    bodyType: FHIR,
    status: 200,
    answer: bundle('transaction-response'),
    answerType: FHIR,
    example: by({
      body: {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: [patient, tumour, liver, stage, sodium, fitness('ann-ecog', 1), group].map(put),
      },
    }),
  },
  'fhir-create': {
    summary: 'Create a resource; with `If-None-Exist` only where there is none yet',
    body: anyResource,
    bodyType: FHIR,
    status: 201,
    answer: resource('Observation'),
    answerType: FHIR,
    example: by({ params: { type: 'Observation' }, body: { ...fitness('', 1), id: undefined } }),
  },
  'fhir-read': {
    summary: 'The newest version of a resource',
    status: 200,
    answer: resource('Observation'),
    answerType: FHIR,
    example: by({ params: observation }),
  },
  'fhir-update': {
    summary: 'Write a resource to its address; with `If-Match` only over that version',
    body: anyResource,
    bodyType: FHIR,
    status: 200,
    answer: resource('Observation'),
    answerType: FHIR,
    example: by({ params: observation, headers: { 'if-match': 'W/"1"' }, body: fitness('ann-ecog', 2) }),
  },
  'fhir-patch': {
    summary: 'Change parts of a resource: JSON Patch, or FHIRPath Patch in Parameters',
    body: { type: 'array' },
    bodyType: PATCH,
    status: 200,
    answer: resource('Observation'),
    answerType: FHIR,
    example: by({ params: observation, body: patch }),
  },
  'fhir-vread': {
    summary: 'One version of a resource',
    status: 200,
    answer: resource('Observation'),
    answerType: FHIR,
    example: by({ params: { ...observation, vid: '1' } }),
  },
  'fhir-history': {
    summary: 'Every version of a resource',
    status: 200,
    answer: bundle('history'),
    answerType: FHIR,
    example: by({ params: observation }),
  },
  'fhir-history-type': {
    summary: 'What was written of one type, newest first',
    status: 200,
    answer: bundle('history'),
    answerType: FHIR,
    example: by({ params: { type: 'Observation' }, query: { _count: '10' } }),
  },
  'fhir-history-system': {
    summary: 'What was written, newest first',
    status: 200,
    answer: bundle('history'),
    answerType: FHIR,
    example: by({ query: { _count: '10' } }),
  },
  'fhir-search': {
    summary: 'Search one type; the CapabilityStatement names its parameters',
    status: 200,
    answer: bundle('searchset'),
    answerType: FHIR,
    example: by({ params: { type: 'Observation' }, query: { patient: 'ann', code: `${LOINC}|89247-1`, _sort: '-date' } }),
  },
  'fhir-search-post': {
    summary: 'The same search with its parameters in the body, so that they stand in no address',
    body: { type: 'string' },
    bodyType: 'application/x-www-form-urlencoded',
    status: 200,
    answer: bundle('searchset'),
    answerType: FHIR,
    example: by({ params: { type: 'Patient' }, body: 'family=Example&birthdate=1961-04-02' }),
  },
  'fhir-search-system': {
    summary: 'Search several types at once, named by `_type`',
    status: 200,
    answer: bundle('searchset'),
    answerType: FHIR,
    example: by({ query: { _type: 'Patient,Condition', _lastUpdated: 'ge2020-01-01' } }),
  },
  'fhir-search-system-post': {
    summary: 'The same search over several types with its parameters in the body',
    body: { type: 'string' },
    bodyType: 'application/x-www-form-urlencoded',
    status: 200,
    answer: bundle('searchset'),
    answerType: FHIR,
    example: by({ body: '_type=Patient,Condition&_lastUpdated=ge2020-01-01' }),
  },
  'fhir-compartment': {
    summary: 'Search inside the compartment of one patient',
    status: 200,
    answer: bundle('searchset'),
    answerType: FHIR,
    example: by({ params: { id: 'ann', compartmentType: 'Condition' } }),
  },
  'fhir-everything': {
    summary: 'The whole chart of one patient',
    status: 200,
    answer: bundle('searchset'),
    answerType: FHIR,
    example: by({ params: { id: 'ann' } }),
  },
  'fhir-everything-post': {
    summary: 'The whole chart of one patient, its parameters in the body',
    body: parameters,
    bodyType: FHIR,
    status: 200,
    answer: bundle('searchset'),
    answerType: FHIR,
    example: by({ params: { id: 'ann' }, body: asked({ name: '_type', valueString: 'Condition' }) }),
  },
  'fhir-mcode-everything-post': {
    summary: 'The mCODE part of a chart, its parameters in the body',
    body: parameters,
    bodyType: FHIR,
    status: 200,
    answer: bundle('collection'),
    answerType: FHIR,
    example: by({ params: { id: 'ann' }, body: asked({ name: 'start', valueDate: '2026-01-01' }) }),
  },
  'fhir-docref': {
    summary: 'US Core $docref: the documents of a patient (the newest, or those of a time); none is generated',
    status: 200,
    answer: bundle('searchset'),
    answerType: FHIR,
    example: by({ query: { patient: 'ann' } }),
  },
  'fhir-docref-post': {
    summary: 'US Core $docref, its parameters in the body',
    body: parameters,
    bodyType: FHIR,
    status: 200,
    answer: bundle('searchset'),
    answerType: FHIR,
    example: by({ body: asked({ name: 'patient', valueId: 'ann' }, { name: 'start', valueDateTime: '2026-01-01' }) }),
  },
  'fhir-mcode-everything': {
    summary: 'The mCODE part of a chart, in one bundle',
    status: 200,
    answer: bundle('collection'),
    answerType: FHIR,
    example: by({ params: { id: 'ann' } }),
  },
  'fhir-validate': {
    summary: 'What would be said of a resource, without keeping it',
    body: anyResource,
    bodyType: FHIR,
    status: 200,
    answer: outcome,
    answerType: FHIR,
    example: by({ params: { type: 'Observation' }, body: fitness('ann-ecog', 9) }),
  },
  'fhir-validate-instance': {
    summary: 'What would be said of a resource at this address, without keeping it',
    body: anyResource,
    bodyType: FHIR,
    status: 200,
    answer: outcome,
    answerType: FHIR,
    example: by({ params: observation, body: fitness('ann-ecog', 9) }),
  },
  'fhir-validate-stored': {
    summary: 'What is to be said of a stored resource',
    status: 200,
    answer: outcome,
    answerType: FHIR,
    example: by({ params: observation }),
  },
  'fhir-conditional-update': {
    summary: 'Update what a search finds, or create where it finds nothing',
    body: anyResource,
    bodyType: FHIR,
    status: 200,
    answer: resource('Condition'),
    answerType: FHIR,
    example: by({
      params: { type: 'Condition' },
      query: { patient: 'ann', code: `${SNOMED}|254637007` },
      body: { ...tumour, recordedDate: '2026-11-20' },
    }),
  },
  'fhir-conditional-patch': {
    summary: 'Patch what a search finds',
    body: { type: 'array' },
    bodyType: PATCH,
    status: 200,
    answer: resource('Observation'),
    answerType: FHIR,
    example: by({ params: { type: 'Observation' }, query: { _id: 'ann-ecog' }, body: patch }),
  },
  'fhir-export-system': {
    summary: 'Bulk Data: begin an export of every chart; the answer says where its state stands',
    status: 202,
    example: by({ headers: { prefer: 'respond-async', accept: FHIR }, query: { _type: 'Patient' } }),
  },
  'fhir-export-patient': {
    summary: 'Bulk Data: begin an export of all patients',
    status: 202,
    example: by({ headers: { prefer: 'respond-async', accept: FHIR }, query: { _type: 'Patient,Condition' } }),
  },
  'fhir-export-group': {
    summary: 'Bulk Data: begin an export of the members of a group',
    status: 202,
    example: by({ params: { id: 'clinic' }, headers: { prefer: 'respond-async', accept: FHIR } }),
  },
  'fhir-export-system-post': {
    summary: 'Bulk Data: begin an export of every chart, with the parameters in the body',
    body: resource('Parameters'),
    bodyType: FHIR,
    status: 202,
    example: by({
      headers: { prefer: 'respond-async', accept: FHIR },
      body: { resourceType: 'Parameters', parameter: [{ name: '_type', valueString: 'Patient' }] },
    }),
  },
  'fhir-export-patient-post': {
    summary: 'Bulk Data: begin an export of all patients, or some of them by name, with the parameters in the body',
    body: resource('Parameters'),
    bodyType: FHIR,
    status: 202,
    example: by({
      headers: { prefer: 'respond-async', accept: FHIR },
      body: { resourceType: 'Parameters', parameter: [{ name: 'patient', valueReference: { reference: 'Patient/ann' } }] },
    }),
  },
  'fhir-export-group-post': {
    summary: 'Bulk Data: begin an export of the members of a group, with the parameters in the body',
    body: resource('Parameters'),
    bodyType: FHIR,
    status: 202,
    example: by({
      params: { id: 'clinic' },
      headers: { prefer: 'respond-async', accept: FHIR },
      body: { resourceType: 'Parameters', parameter: [{ name: '_type', valueString: 'Patient' }] },
    }),
  },
  'fhir-export-status': {
    summary: 'Bulk Data: 202 while it is counted, then the manifest',
    status: 200,
    answer: manifest,
    example: by({ params: { job: '{{fhir-export-patient location}}' } }),
  },
  'fhir-export-file': {
    summary: 'Bulk Data: one file of an export, one resource a line',
    status: 200,
    answer: { type: 'string' },
    answerType: NDJSON,
    example: by({ params: { job: '{{fhir-export-patient location}}', file: '0' } }),
  },
  'fhir-export-cancel': {
    summary: 'Bulk Data: cancel an export, or throw its files away',
    status: 202,
    example: by({ params: { job: '{{fhir-export-patient location}}' } }),
  },
  'fhir-import': {
    summary: 'Bring in NDJSON, one resource a line; sent again it goes on where it stopped',
    body: { type: 'string' },
    bodyType: NDJSON,
    status: 200,
    answer: outcome,
    answerType: FHIR,
    example: by({
      body: [
        { ...patient, id: 'ben', name: [{ family: 'Example', given: ['Ben'] }], gender: 'male' },
        { ...tumour, id: 'ben-tumour', subject: { reference: 'Patient/ben' } },
      ]
        .map((one) => JSON.stringify(one))
        .join('\n'),
    }),
  },
  'fhir-conditional-delete': {
    summary: 'Delete the one resource that a search finds',
    status: 204,
    example: by({ params: { type: 'Condition' }, query: { _id: 'ben-tumour' } }),
  },
  'fhir-delete': {
    summary: 'Delete a resource: a version without a body is added',
    status: 204,
    example: by({ params: { type: 'Patient', id: 'ben' } }),
  },
}
