// The form of one area of rules: its settings, what is wrong with them, and the word that somebody else was faster.
import { Alert, Fieldset, Stack } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useBlocker, useLocation } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { announce } from '../app/announce.ts'
import { ApiProblem, call } from '../app/api.ts'
import { Failure } from '../app/failure.tsx'
import { usePermission } from '../app/session.tsx'
import { type Area, bodyOf, draftFaults, type HeldRules, rulesOf, type UsedDraft } from './draft.ts'
import { Presets } from './presets.tsx'
import { RuleField } from './rule-field.tsx'
import { rulesQuery } from './rules-query.ts'
import { SaidRules } from './said-rules.tsx'
import { SaveBar } from './save-bar.tsx'

type AreaFormProps = { area: Area; held: HeldRules; used: UsedDraft; children?: ReactNode }

export function AreaForm({ area, held, used, children }: AreaFormProps) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const mayChange = usePermission('rules.manage')
  const [refused, setRefused] = useState<Record<string, string>>({})
  const [failure, setFailure] = useState<unknown>()
  const [conflict, setConflict] = useState(false)
  const [busy, setBusy] = useState(false)
  const rules = rulesOf(held, area)
  const { draft, isDirty } = used
  useBlocker({
    shouldBlockFn: () => isDirty && !confirm(t('leave_unsaved')),
    enableBeforeUnload: () => isDirty,
  })

  // Whoever looked for a rule by its name is led to it.
  const { hash } = useLocation()
  useEffect(() => {
    const field = document.getElementsByName(hash)[0]
    field?.focus()
    field?.scrollIntoView({ block: 'center' })
  }, [hash])

  const wrong = useRef<string>(undefined)
  // Only when the form waits no more can a field be gone to.
  useEffect(() => {
    if (busy || wrong.current === undefined) return
    document.querySelector<HTMLElement>(`[name="${wrong.current}"]`)?.focus()
    wrong.current = undefined
  }, [busy, refused])

  const save = async () => {
    const faults = draftFaults(rules, draft)
    showFaults(faults)
    setFailure(undefined)
    if (Object.keys(faults).length > 0) return
    setBusy(true)
    try {
      await call('PUT /api/rules', { body: bodyOf(area, used) })
      used.discard(await queries.fetchQuery({ ...rulesQuery, staleTime: 0 }))
      setConflict(false)
      announce(t('saved'))
    } catch (error) {
      await understand(error)
    } finally {
      setBusy(false)
    }
  }
  const understand = async (error: unknown) => {
    if (!(error instanceof ApiProblem)) throw error
    if (error.code === 'changed_meanwhile') {
      used.continueOn(await queries.fetchQuery({ ...rulesQuery, staleTime: 0 }))
      return setConflict(true)
    }
    if (error.faults.length > 0) showFaults(Object.fromEntries(error.faults.map(({ field, code }) => [field, code])))
    else setFailure(error)
  }
  /** Shows what is wrong, and leads to the first of it. */
  const showFaults = (faults: Record<string, string>) => {
    setRefused(faults)
    wrong.current = Object.keys(faults)[0]
  }
  const forget = (field: string) => setRefused(({ [field]: _, ...others }) => others)

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <div className="rules-head">
        {mayChange && <Presets {...{ rules, held, used }} />}
        <SaidRules area={area} held={held} draft={draft} />
      </div>
      <div className={children ? 'rules beside' : 'rules'}>
        <Fieldset disabled={!mayChange || busy} variant="unstyled">
          <Stack gap="lg">
            {rules.map((rule) => {
              const { name } = rule
              const value = draft.values[name]!
              return (
                <RuleField
                  key={name}
                  rule={rule}
                  value={value}
                  reason={draft.reasons[name] ?? ''}
                  error={refused[`values.${name}`]}
                  reasonError={refused[`reasons.${name}`]}
                  holdsNow={
                    conflict && JSON.stringify(held.values[name]) !== JSON.stringify(value) ? held.values[name] : undefined
                  }
                  onValue={(next) => {
                    used.setValue(name, next)
                    forget(`values.${name}`)
                  }}
                  onReason={(next) => {
                    used.setReason(name, next)
                    forget(`reasons.${name}`)
                  }}
                />
              )
            })}
          </Stack>
        </Fieldset>
        {children}
      </div>
      {conflict && (
        <Alert role="alert" color="yellow" mt="md" title={t('rules:conflict')}>
          {t('rules:conflict_next')}
        </Alert>
      )}
      {failure !== undefined && <Failure error={failure} />}
      {mayChange && (
        <SaveBar
          {...{ area, held, rules, used, busy }}
          onDiscard={() => {
            used.discard(held)
            setConflict(false)
            setRefused({})
            setFailure(undefined)
          }}
        />
      )}
    </form>
  )
}
