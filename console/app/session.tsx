// Who is logged in here. Everything below <SessionGate> knows it.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import type { Permission } from '../../contracts/permissions.ts'
import { type Answer, call, setFormToken } from './api.ts'
import { FailedScreen } from './failure.tsx'
import { useLiveChannel } from './live-channel.ts'
import { resumeSession, useSessionEnd } from './session-end.ts'

export type Session = Answer<'GET /api/session'>

const SessionContext = createContext<Session | undefined>(undefined)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === undefined) throw new Error('useSession outside of <SessionGate>')
  return session
}

export function usePermission(permission: Permission): boolean {
  return useSession().permissions.includes(permission)
}

/** Who was logged in when the server made this page. */
function sessionOfPage(): Session {
  const session = JSON.parse(document.querySelector<HTMLMetaElement>('meta[name=session]')!.content) as Session
  setFormToken(session.formToken)
  return session
}

export function SessionGate({ children }: { children: ReactNode }) {
  const { data: session, error } = useQuery({
    queryKey: ['session'],
    queryFn: async ({ signal }) => {
      const session = await call('GET /api/session', { signal })
      setFormToken(session.formToken)
      return session
    },
    initialData: sessionOfPage,
    staleTime: Number.POSITIVE_INFINITY,
  })
  useLiveChannel(session?.formToken)
  const isSomebodyElse = useReturns(session)
  // Drawn away first, so that nothing on the screen can ask to stay.
  useEffect(() => {
    if (isSomebodyElse) location.reload()
  }, [isSomebodyElse])
  if (isSomebodyElse) return null
  if (session === undefined) return error ? <FailedScreen error={error} /> : null
  return <SessionContext value={session}>{children}</SessionContext>
}

/**
 * Looks, whenever somebody comes back to the page, who is logged in now.
 * The same person goes on where they were. At a shared desk it can be somebody else, to whom nothing on this screen belongs.
 * @returns whether it is somebody else
 */
function useReturns(session: Session | undefined): boolean {
  const queries = useQueryClient()
  const ended = useSessionEnd()
  const [isSomebodyElse, setSomebodyElse] = useState(false)
  useEffect(() => {
    if (session === undefined) return
    const look = async () => {
      if (document.visibilityState !== 'visible') return
      const now = await call('GET /api/session', {}).catch(() => undefined)
      if (now === undefined) return
      if (now.accountId !== session.accountId) return setSomebodyElse(true)
      const same = now.formToken === session.formToken && String(now.permissions) === String(session.permissions)
      if (ended === undefined && same) return
      setFormToken(now.formToken)
      queries.setQueryData(['session'], now)
      resumeSession()
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
    }
    // A channel that was refused without a word may belong to another session than the one of now.
    if (ended !== undefined && !ended.text) void look()
    document.addEventListener('visibilitychange', look)
    addEventListener('focus', look)
    return () => {
      document.removeEventListener('visibilitychange', look)
      removeEventListener('focus', look)
    }
  }, [session, ended, queries])
  return isSomebodyElse
}
