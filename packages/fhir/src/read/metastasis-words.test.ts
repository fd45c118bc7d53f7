import { expect, test } from 'vitest'
import { answer, clinicalCase, condition, reported, result, verified, withStatus } from '../../test/clinical.ts'

const BRAIN = 'snomed|94225005'
const PLEURA = 'snomed|94493005'
const noted = (code: string, text: string, more: object = {}) => condition(code, { onsetDateTime: '2026-10-20', note: [{ text }], ...more })
const facts = (resources: Parameters<typeof clinicalCase>[0], ids: readonly string[]) => {
  const read = clinicalCase(resources)
  return Object.fromEntries(ids.map((id) => [id, answer(read, id)]))
}

test.each([
  { note: '3 lesions; largest 18 mm; symptoms: headache', symptomatic: true },
  { note: '3 lesions; largest 18 mm; symptoms present', symptomatic: true },
  { note: '3 lesions; largest 18 mm; symptoms: hemiparesis left', symptomatic: true, also: 'new-neurological-deficit' },
  { note: '3 lesions; largest 18 mm; neurological symptoms', symptomatic: true },
  { note: '3 lesions; largest 18 mm; headache and vomiting', symptomatic: true, also: 'headache-vomiting' },
  { note: '3 lesions; largest 18 mm; aphasia since one week', symptomatic: true, also: 'new-neurological-deficit' },
  { note: '3 lesions; seizure yesterday', symptomatic: true, also: 'seizure' },
  { note: '3 lesions; largest 15 mm; no symptoms', symptomatic: false },
  { note: '3 lesions; symptoms: none', symptomatic: false },
  { note: '3 lesions; no headache', symptomatic: '<not-recorded>' },
  { note: '3 lesions; seizure-free on levetiracetam', symptomatic: '<not-recorded>' },
  { note: '3 lesions; headache resolved', symptomatic: '<not-recorded>' },
  { note: '3 lesions; call if headache', symptomatic: '<not-recorded>' },
])('the note of a brain metastasis says whether it troubles: $note', ({ note, symptomatic, also }) => {
  const read = clinicalCase([noted(BRAIN, note)])
  expect(answer(read, 'brain-symptomatic')).toEqual(symptomatic)
  if (also !== undefined) expect(answer(read, also)).toBe(true)
})

test.each([
  { text: 'Two brain metastases, largest 22 mm, haemorrhagic.', bled: true },
  { text: 'Two brain metastases, largest 22 mm, with internal haemorrhage.', bled: true },
  { text: 'Two brain metastases, the larger with signs of recent bleeding, 22 mm.', bled: true },
  { text: 'Two brain metastases. The larger contains blood products.', bled: true },
  { text: 'Haemorrhagic stroke in 2015, no metastasis.', bled: false },
  { text: 'Two brain metastases, not haemorrhagic.', bled: false },
  { text: 'Two brain metastases without haemorrhage.', bled: false },
  { text: 'Two brain metastases with possible haemorrhage.', bled: '<not-informative>' },
  { text: 'Two brain metastases. Old microbleeds in the basal ganglia.', bled: false },
])('a report of the brain: $text', ({ text, bled }) => {
  expect(answer(clinicalCase([reported('MRI brain', text)]), 'brain-haemorrhage')).toEqual(bled)
})

test('the name and the note of a brain metastasis say that it bleeds, those of another site and a refuted one do not', () => {
  const bled = (...resources: Parameters<typeof clinicalCase>[0]) => answer(clinicalCase(resources), 'brain-haemorrhage')
  expect(bled(condition('Haemorrhagic brain metastasis'))).toBe(true)
  expect(bled(condition('Haemorrhage into brain metastasis'))).toBe(true)
  expect(bled(noted(BRAIN, '2 lesions; largest 21 mm; haemorrhagic'))).toBe(true)
  expect(bled(noted(BRAIN, '2 lesions; not haemorrhagic'))).toBe(false)
  expect(bled(noted(BRAIN, '2 lesions; haemorrhagic', verified('refuted')))).toBe(false)
  expect(bled(noted(BRAIN, '2 lesions; haemorrhagic', withStatus('resolved')))).toBe(false)
  expect(bled(noted('snomed|94381002', '2 lesions; bleeding'))).toBe(false)
})

test.each([
  { note: 'Malignant pleural effusion; symptomatic', effusion: true, symptomatic: true },
  { note: 'malignant effusion; symptomatic', effusion: true, symptomatic: true },
  { note: 'Malignant pleural effusion; symptoms: dyspnoea', effusion: true, symptomatic: true },
  { note: 'Malignant pleural effusion; causes dyspnoea', effusion: true, symptomatic: true },
  { note: 'Malignant pleural effusion; asymptomatic', effusion: true, symptomatic: false },
  { note: 'Malignant pleural effusion', effusion: true, symptomatic: '<not-recorded>' },
  { note: 'Nodules; no effusion', effusion: false, symptomatic: '<not-recorded>' },
])('the note of a pleural metastasis: $note', ({ note, effusion, symptomatic }) => {
  expect(facts([noted(PLEURA, note)], ['pleural-effusion', 'pleural-effusion-symptomatic'])).toEqual({
    'pleural-effusion': effusion,
    'pleural-effusion-symptomatic': symptomatic,
  })
})

test('what of a note nobody understands is listed, though the rest was read', () => {
  const { issues } = clinicalCase([noted(BRAIN, '3 lesions; largest 18 mm; discussed at the zebra meeting')])
  expect(issues.filter(({ code }) => code === 'unread-text').map(({ message }) => message)).toEqual([
    'not read: "discussed at the zebra meeting"',
  ])
  expect(clinicalCase([noted(BRAIN, '3 lesions; largest 18 mm; no symptoms')]).issues.filter(({ code }) => code === 'unread-text')).toEqual(
    [],
  )
})

test.each([
  { text: 'Right hilar mass with occlusion of the superior vena cava and collateral veins.', svc: true },
  { text: 'The SVC is occluded.', svc: true },
  { text: 'Tumour thrombus in the SVC.', svc: true },
  { text: 'Narrowing of the superior vena cava by lymph nodes.', svc: true },
  { text: 'No occlusion of the superior vena cava.', svc: false },
  { text: 'The superior vena cava is not occluded.', svc: false },
  { text: 'Possible thrombosis of the superior vena cava.', svc: '<not-informative>' },
])('superior vena cava: $text', ({ text, svc }) => {
  expect(answer(clinicalCase([reported('CT chest', text)]), 'svc-obstruction')).toEqual(svc)
})

test.each([
  { text: 'Large pericardial effusion with diastolic collapse of the right atrium.', tamponade: true },
  { text: 'Large pericardial effusion. Right ventricular collapse in diastole.', tamponade: true },
  { text: 'Pericardial effusion with haemodynamic compromise.', tamponade: true },
  { text: 'Pericardial effusion without haemodynamic compromise.', tamponade: false },
  { text: 'Small pericardial effusion, no collapse of the right atrium.', tamponade: false },
])('tamponade: $text', ({ text, tamponade }) => {
  expect(answer(clinicalCase([reported('Echocardiography', text)]), 'tamponade')).toEqual(tamponade)
})

test.each([
  { text: 'Pleural effusion causing breathlessness.', symptomatic: true },
  { text: 'Pleural effusion, symptomatic.', symptomatic: true },
  { text: 'Shortness of breath due to the left effusion.', symptomatic: true },
  { text: 'Pleural effusion causing no breathlessness.', symptomatic: '<not-recorded>' },
  { text: 'Pleural effusion, not symptomatic.', symptomatic: false },
])('symptomatic effusion: $text', ({ text, symptomatic }) => {
  expect(answer(clinicalCase([reported('CT chest', text)]), 'pleural-effusion-symptomatic')).toEqual(symptomatic)
})

test('a gap in a phrase never skips a denial', () => {
  expect(
    answer(
      clinicalCase([result('x', {}, '2026-11-01', { code: { text: 'x' } }), reported('CT', 'Headache without vomiting.')]),
      'headache-vomiting',
    ),
  ).toBe(false)
})

test('a headache on the list of problems leaves it open whether brain metastases trouble, and is told', () => {
  const headache = (more: object = {}) => condition('Headache', { onsetDateTime: '2026-11-18', ...more })
  const told = (...resources: Parameters<typeof clinicalCase>[0]) =>
    clinicalCase(resources).issues.filter(({ message }) => message.includes('beside brain metastases'))
  expect(told(noted(BRAIN, '3 lesions; largest 18 mm'), headache())).toHaveLength(1)
  expect(answer(clinicalCase([noted(BRAIN, '3 lesions'), headache()]), 'brain-symptomatic')).toBe('<not-informative>')
  expect(told(noted(BRAIN, '3 lesions; no symptoms'), headache())).toEqual([])
  expect(told(noted(BRAIN, '3 lesions'), headache(withStatus('resolved')))).toEqual([])
  expect(told(noted('snomed|94381002', '3 lesions'), headache())).toEqual([])
})
