// The live channel in the console: what it says of the session, and which screens ask anew because of it.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { type End, openLiveChannel } from '../../public/live-channel.js'
import { connectionLost } from './connection.ts'
import { endSession, useSessionEnd, warnOfEnd } from './session-end.ts'

let channel: ReturnType<typeof openLiveChannel> | undefined

/** Puts off the idle end. */
export function stayLoggedIn(): void {
  void channel?.stay()
}

// In milliseconds: what changes in the same moment is asked for once, and not by all screens of a floor at once.
const gather = 200
const spread = 600

/** Holds the channel, or hears another page that does, as long as the session lives. */
export function useLiveChannel(formToken: string | undefined): void {
  const queries = useQueryClient()
  const hasEnded = useSessionEnd() !== undefined
  useEffect(() => {
    if (formToken === undefined || hasEnded) return
    const changed = new Set<string>()
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = () => {
      timer = undefined
      // Who waits is told in the title of a tab that nobody looks at too; the rest is asked for when somebody does.
      if (changed.has('requests')) void queries.invalidateQueries({ queryKey: ['recovery-requests'] })
      const refetchType = document.visibilityState === 'visible' ? 'active' : 'none'
      if (changed.has('sessions')) void queries.invalidateQueries({ queryKey: ['live'], refetchType })
      changed.clear()
    }
    channel = openLiveChannel({
      formToken,
      onSilent: connectionLost,
      onWarning: warnOfEnd,
      onEnded: (end: End) => endSession(end),
      onChanged: (subjects) => {
        for (const subject of subjects) changed.add(subject)
        timer ??= setTimeout(ask, gather + Math.random() * spread)
      },
    })
    const mine = channel
    return () => {
      clearTimeout(timer)
      mine.close()
    }
  }, [formToken, hasEnded, queries])
}
