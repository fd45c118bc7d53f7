/** How a difference says that something is there at all. */
const THERE = 'there'

/** Whether a difference has values to show: that something is there now, or no longer, is said by its kind alone. */
export const tellsValues = ({ before, after }: { readonly before?: string | undefined; readonly after?: string | undefined }): boolean =>
  [before, after].some((one) => one !== undefined && one !== THERE)
