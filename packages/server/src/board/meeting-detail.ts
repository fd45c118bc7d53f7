import { type ApiRequest, contextOf } from '../api/index.ts'
import type { BoardMeetingDetail } from '../contract/board.ts'
import { type BoardConfig, foundMeeting, mayArrange } from './answers.ts'
import { agendaOf } from './cases.ts'
import { newestEvent } from './events.ts'
import { interestsOf, presentAt } from './meetings.ts'
import { shownCases } from './view.ts'

/** One meeting with all that stands around it; of each case what the caller may see. */
export async function meetingDetail({ store, maker, now }: BoardConfig, request: ApiRequest, id: string): Promise<BoardMeetingDetail> {
  const meeting = await foundMeeting(store, id)
  // before the cases are read: what changes meanwhile is a newer number, and asked for again
  const seq = await newestEvent(store.database, id)
  return {
    ...meeting,
    agenda: await shownCases(store, maker(), request, await agendaOf(store.database, id)),
    interests: await interestsOf(store.database, id),
    present: await presentAt(store.database, now(), id),
    seq,
    may: {
      arrange: mayArrange(contextOf(request), meeting),
      decide: (await request.decide({ interaction: 'create', type: 'decision' })).allowed,
    },
    now: now().toISOString(),
  }
}
