/** What a page loads to plan and to play what-if: the pure packages, nothing else. */
export { engineOf, plan } from '@secondwind/care'
export { criterionText, explain, factText, vocabulary, wholeKnowledge } from '@secondwind/core'
