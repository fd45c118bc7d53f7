/** The line that a colleague would say, in two: who it is with what disease, and how the disease is treated now, which the line says last. */
export function storyParts(story: string): { readonly who: string; readonly treated?: string } {
  const at = story.lastIndexOf('; ')
  if (at < 0) return { who: story }
  const treated = story.slice(at + 2).replace(/\.$/, '')
  return { who: story.slice(0, at), treated: treated.charAt(0).toUpperCase() + treated.slice(1) }
}
