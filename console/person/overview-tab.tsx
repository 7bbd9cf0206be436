// What a login of this person would meet at this moment, check by check, and what mends it.
import { lazy, Suspense, useState } from 'react'
import { Failure } from '../app/failure.tsx'
import { AskEndSession } from '../desk/ask-end-session.tsx'
import { LoginCheckList } from '../desk/login-check-list.tsx'
import { ModuleChecks } from '../desk/module-checks.tsx'
import { useMends } from '../desk/use-mends.ts'
import type { Account } from './account.ts'
import '../desk/desk.css'

const HandOver = lazy(() => import('../slips/hand-over.tsx'))

export function OverviewTab({ account: { id, fullName, session } }: { account: Account }) {
  const { act, doing, failure, slip, closeSlip } = useMends({ id, fullName })
  const [isEnding, setEnding] = useState(false)
  return (
    <div className="person-part">
      {failure && <Failure error={failure} />}
      <LoginCheckList
        id={id}
        isWorking={session?.silent === false}
        doing={doing}
        onAct={(what) => (what === 'end_session' && !session?.silent ? setEnding(true) : act(what))}
      />
      <ModuleChecks id={id} fullName={fullName} />
      {slip && (
        <Suspense>
          <HandOver slip={slip} onClose={closeSlip} />
        </Suspense>
      )}
      {isEnding && (
        <AskEndSession
          fullName={fullName}
          onClose={() => setEnding(false)}
          onEnd={(reason) => {
            setEnding(false)
            act('end_session', reason)
          }}
        />
      )}
    </div>
  )
}
