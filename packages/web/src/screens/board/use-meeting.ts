import type { BoardMeetingDetail, BoardPresence } from '@secondwind/server/contract'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type ApiFault, call, useApi } from '../../shared/api.ts'

/** Milliseconds between two signs of life: how soon one browser sees what another did. */
const EVERY = 2500

interface Sign {
  readonly present: readonly BoardPresence[]
  readonly seq: number
  readonly now: string
}

/** A meeting as it stands, kept up with what others do, and who is there. `isLive`: the server answered the last sign of life. */
export function useMeeting(id: string, viewing: string) {
  const client = useQueryClient()
  const path = `/board/meetings/${id}`
  const meeting = useApi<BoardMeetingDetail>(path, { staleMs: Number.POSITIVE_INFINITY, keep: true })
  const sign = useQuery<Sign, ApiFault>({
    queryKey: ['presence', id, viewing],
    queryFn: async ({ signal }) =>
      (await call<Sign>(`${path}/presence`, { method: 'POST', body: viewing === '' ? {} : { viewing }, signal })).value,
    refetchInterval: EVERY,
    refetchIntervalInBackground: true,
    retry: false,
    staleTime: 0,
  })
  const [known, newest] = [meeting.data?.seq, sign.data?.seq]
  useEffect(() => {
    if (newest !== undefined && known !== undefined && newest > known) void client.invalidateQueries({ queryKey: [path] })
  }, [newest, known, client, path])
  return {
    meeting: meeting.data,
    fault: meeting.error,
    again: () => void meeting.refetch(),
    present: sign.data?.present ?? meeting.data?.present ?? [],
    isLive: sign.error === null,
  }
}
