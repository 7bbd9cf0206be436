// Who is logged in here. Everything below <SessionGate> knows it.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect } from 'react'
import { type Answer, call, setFormToken } from './api.ts'
import { Failure } from './failure.tsx'
import { resumeSession, useSessionEnd } from './session-end.ts'

export type Session = Answer<'GET /api/session'>

const SessionContext = createContext<Session | undefined>(undefined)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (session === undefined) throw new Error('useSession outside of <SessionGate>')
  return session
}

export function usePermission(permission: string): boolean {
  return useSession().permissions.includes(permission)
}

/** How often the page tells that it is open, in milliseconds. */
const signOfLifeEvery = 30_000

export function SessionGate({ children }: { children: ReactNode }) {
  const { data: session, error } = useQuery({
    queryKey: ['session'],
    queryFn: async ({ signal }) => {
      const session = await call('GET /api/session', { signal })
      setFormToken(session.formToken)
      return session
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  useSignsOfLife(session)
  if (session === undefined) return error ? <Failure error={error} /> : null
  return <SessionContext value={session}>{children}</SessionContext>
}

/** Tells the server that this page is open; and when the person has logged in again elsewhere, goes on where it was. */
function useSignsOfLife(session: Session | undefined): void {
  const queries = useQueryClient()
  const ended = useSessionEnd()
  useEffect(() => {
    if (session === undefined) return
    const sign = () => void call('POST /api/session/alive', { body: {} }).catch(() => {})
    const lookAgain = async () => {
      if (document.visibilityState !== 'visible') return
      if (ended === undefined) return sign()
      const now = await call('GET /api/session', {}).catch(() => undefined)
      if (now === undefined) return
      // At a shared desk it can be somebody else, to whom nothing on this screen belongs.
      if (now.accountId !== session.accountId) return location.reload()
      setFormToken(now.formToken)
      queries.setQueryData(['session'], now)
      resumeSession()
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
    }
    const timer = ended === undefined ? setInterval(sign, signOfLifeEvery) : undefined
    document.addEventListener('visibilitychange', lookAgain)
    addEventListener('focus', lookAgain)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', lookAgain)
      removeEventListener('focus', lookAgain)
    }
  }, [session, ended, queries])
}
