import type { FactDefinition } from '@secondwind/core'

/** A small registry with every type of fact, every way of being absent, and names that an engine might stumble over. */
export const FACTS: readonly FactDefinition[] = [
  { id: 'fever', label: 'Fever', type: 'truth', group: 'g', absence: 'asked' },
  { id: 'ild', label: 'Interstitial lung disease', type: 'truth', group: 'g', absence: 'listed', freshDays: 60 },
  { id: 'order', label: 'A word that SQL reserves', type: 'integer', group: 'g', absence: 'asked' },
  { id: 'clearance', label: 'Clearance', type: 'quantity', unit: 'mL/min', group: 'g', absence: 'asked', freshDays: 30 },
  { id: 'ici-free-time', label: 'Days without', type: 'quantity', group: 'g', absence: 'listed', absentValue: 'never' },
  {
    id: 'histology',
    label: 'Histology',
    type: 'code',
    group: 'g',
    absence: 'witnessed',
    values: { a: 'adenocarcinoma', b: 'squamous', c: 'small cell' },
    freshDays: 365,
  },
  { id: 'note', label: 'Note', type: 'text', group: 'g', absence: 'asked' },
  {
    id: 'sites',
    label: 'Sites',
    type: 'codes',
    group: 'g',
    absence: 'witnessed',
    values: { brain: 'brain', bone: 'bone', liver: 'liver' },
  },
  { id: 'last-ici-on', label: 'Last ICI', type: 'date', group: 'g', absence: 'listed' },
  {
    id: 'lines',
    label: 'Lines',
    type: 'list',
    group: 'g',
    absence: 'listed',
    fields: { number: 'number', drugs: 'texts', current: 'truth', reason: 'text', end: 'date' },
  },
  { id: 'surgeries', label: 'Surgeries', type: 'list', group: 'g', absence: 'listed', fields: { procedure: 'text', on: 'date' } },
]

export const AS_OF = '2026-11-23'
