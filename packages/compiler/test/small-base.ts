/** A knowledge base as small as can be: two facts, a source, a drug, a regimen and one option. Each test spoils one thing. */
export const GOOD: { readonly [file: string]: string } = {
  'facts/all.yaml': `
- { id: ecog, label: ECOG, type: integer, absence: asked }
- { id: histology, label: Histology, type: code, absence: witnessed, values: { a: adenocarcinoma, b: squamous } }
- { id: ild, label: Lung fibrosis, type: truth, absence: listed }
- { id: lines, label: Lines, type: list, absence: listed, fields: { drugs: texts, number: number } }
`,
  'criteria/all.yaml': `
- { id: fit, label: ECOG 0 or 1, when: { fact: ecog, atMost: 1 } }
`,
  'sources/all.yaml': `
- { id: trial-one, title: Trial one, kind: trial, accessed: 2026-11-23, review: confirmed }
`,
  'terminology/drugs.yaml': `
- { id: osimertinib, label: osimertinib, classes: [egfr-tki], routes: [oral], anticancer: true }
`,
  'regimens/all.yaml': `
- id: osimertinib
  title: Osimertinib
  components: [{ drug: osimertinib, dose: 80, unit: mg, route: oral, days: daily }]
  cites: [{ source: trial-one, at: dose, says: 80 mg daily }]
  review: confirmed
`,
  'treatment/all.yaml': `
- id: option-one
  title: Osimertinib
  group: g
  approaches: [targeted-therapy]
  regimens: [osimertinib]
  when: { all: [{ ref: fit }, { fact: histology, is: a }] }
  standing: [{ as: recommended, because: it works }]
  strength: strong
  evidenceKind: randomised-survival
  toxicity: low
  priority: 1
  against: [{ say: rash }]
  cites: [{ source: trial-one, at: abstract, says: longer survival }]
  review: confirmed
  examples:
    - { name: fit adenocarcinoma, given: { ecog: 1, histology: a }, expect: 'true' }
    - { name: squamous, given: { ecog: 1, histology: b }, expect: 'false' }
    - { name: not typed, given: { ecog: 1 }, expect: unknown, missing: [histology] }
`,
}
