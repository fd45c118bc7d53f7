interface Alert {
  readonly urgency: string
}

/** Alerts of one patient that a row names where none of the others is pressing. */
const MOST = 3

/**
 * The alerts that a row of the list names, and those that it only counts. Whatever is an emergency or urgent is named, however many; what is due soon is
 * named as far as there is room. Given and kept: the most urgent first.
 */
export function shownAlerts<T extends Alert>(all: readonly T[]): { readonly alerts: readonly T[]; readonly others: readonly T[] } {
  const pressing = all.filter(({ urgency }) => urgency !== 'soon')
  const soon = all.filter(({ urgency }) => urgency === 'soon')
  const room = Math.max(0, MOST - pressing.length)
  return { alerts: [...pressing, ...soon.slice(0, room)], others: soon.slice(room) }
}
