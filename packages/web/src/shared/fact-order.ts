/** Groups of facts as a colleague tells a case: the cancer first, then what drives it, what was given, how the patient is, and only then what was measured. */
const GROUPS = [
  'cancer',
  'biomarkers',
  'treatment-history',
  'fitness',
  'conditions',
  'medicines',
  'symptoms',
  'labs',
  'local-treatment',
  'wishes',
  'patient',
]

/** Facts in the order of their weight for the decision; inside a group as the registry has them, what is unknown to this list last. */
export function byWeight<T extends { readonly group: string }>(facts: readonly T[]): readonly T[] {
  const placeOf = ({ group }: T): number => {
    const place = GROUPS.indexOf(group)
    return place < 0 ? GROUPS.length : place
  }
  return facts
    .map((fact, at) => ({ fact, at }))
    .sort((a, b) => placeOf(a.fact) - placeOf(b.fact) || a.at - b.at)
    .map(({ fact }) => fact)
}
