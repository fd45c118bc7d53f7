import { createContext, useContext } from 'react'

/** Opens the decision form with an option chosen; absent where no decision can be recorded (a what-if). */
export type Decide = (optionId: string) => void

const DecideContext = createContext<Decide | undefined>(undefined)
export const DecideProvider = DecideContext.Provider
export const useDecide = (): Decide | undefined => useContext(DecideContext)
