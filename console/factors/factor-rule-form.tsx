import { Button, Checkbox, Fieldset, Group, NumberInput, Radio, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { demands, factorKinds, factorRuleRanges } from '../../contracts/factors.ts'
import { longestReason } from '../../contracts/rules.ts'
import { announce } from '../app/announce.ts'
import { type Answer, type Body, call } from '../app/api.ts'
import { usePermission } from '../app/session.tsx'
import { useSaving } from '../app/use-saving.ts'
import { FailureOrProof } from './prove-again.tsx'

type Rule = Answer<'GET /api/factor-rules'>['rules'][number]
type Values = Omit<Body<'PUT /api/factor-rules/:id'>, 'version' | 'requiredFrom'> & { requiredFrom: string }

/** A moment as the field for one has it: without a zone, in the browser's. */
function asLocal(moment: string | null): string {
  if (moment === null) return ''
  const at = new Date(moment)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

export function FactorRuleForm({ rule: { profileId, profileName: _, version, withoutFactor, ...rule } }: { rule: Rule }) {
  const { t } = useTranslation('factors')
  const queries = useQueryClient()
  const mayChange = usePermission('rules.manage')
  const form = useForm<Values>({ initialValues: { ...rule, requiredFrom: asLocal(rule.requiredFrom) } })
  const { busy, failure, send } = useSaving(form, async ({ requiredFrom, ...values }) => {
    const from = requiredFrom === '' ? null : new Date(requiredFrom).toISOString()
    await call('PUT /api/factor-rules/:id', { params: { id: profileId }, body: { ...values, requiredFrom: from, version } })
    await queries.invalidateQueries({ queryKey: ['factor-rules'] })
    announce(t('saved'))
  })
  const demanded = form.values.demand === 'required' || form.values.demand === 'passkey'
  return (
    <Stack>
      <form onSubmit={form.onSubmit(send)} noValidate>
        <Fieldset disabled={!mayChange || busy} variant="unstyled">
          <Stack maw={640}>
            <Radio.Group label={t('demand_label')} {...form.getInputProps('demand')}>
              <Stack gap="xs" mt="xs">
                {demands.map((demand) => (
                  <Radio key={demand} value={demand} label={t(`demand.${demand}`)} description={t(`demand_does.${demand}`)} />
                ))}
              </Stack>
            </Radio.Group>
            {form.values.demand === 'off' && (
              <Textarea
                label={t('reason')}
                description={t('reason_why')}
                maxLength={longestReason}
                required
                autosize
                minRows={2}
                {...form.getInputProps('reason')}
              />
            )}
            {demanded && (
              <>
                <TextInput
                  type="datetime-local"
                  label={t('required_from')}
                  description={t('required_from_does')}
                  {...form.getInputProps('requiredFrom')}
                />
                <Group grow align="start">
                  <NumberInput label={t('grace_days')} {...ranged('graceDays')} {...form.getInputProps('graceDays')} />
                  <NumberInput label={t('grace_logins')} {...ranged('graceLogins')} {...form.getInputProps('graceLogins')} />
                </Group>
              </>
            )}
            <Checkbox.Group label={t('kinds')} {...form.getInputProps('kinds')}>
              <Group mt="xs">
                {factorKinds.map((kind) => (
                  <Checkbox key={kind} value={kind} label={t(`kind.${kind}`)} />
                ))}
              </Group>
            </Checkbox.Group>
            <Switch
              label={t('vouching')}
              description={t('vouching_does')}
              {...form.getInputProps('vouching', { type: 'checkbox' })}
            />
            <NumberInput label={t('daily_vouches')} {...ranged('dailyVouches')} {...form.getInputProps('dailyVouches')} />
            <Switch
              label={t('sheet_with_slip')}
              description={t('sheet_with_slip_does')}
              {...form.getInputProps('sheetWithSlip', { type: 'checkbox' })}
            />
          </Stack>
        </Fieldset>
        {failure !== undefined && <FailureOrProof error={failure} />}
        {mayChange && (
          <Button type="submit" mt="md" loading={busy} disabled={!form.isDirty()}>
            {t('save')}
          </Button>
        )}
      </form>
      {withoutFactor > 0 && <WithoutFactor profileId={profileId} />}
    </Stack>
  )
}

const ranged = (name: keyof typeof factorRuleRanges) => ({
  allowDecimal: false,
  allowNegative: false,
  min: factorRuleRanges[name].least,
  max: factorRuleRanges[name].most,
})

/** Who has none yet, for whoever wants to know. */
function WithoutFactor({ profileId }: { profileId: string }) {
  const { t } = useTranslation('factors')
  const [open, setOpen] = useState(false)
  const listed = useQuery({
    queryKey: ['factor-rules', profileId],
    queryFn: ({ signal }) => call('GET /api/factor-rules/:id/without-factor', { params: { id: profileId }, signal }),
    enabled: open,
  })
  return (
    <section>
      <Button variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t('who_has_none')}
      </Button>
      {open && (
        <ul>
          {listed.data?.accounts.map(({ id, fullName, username }) => (
            <li key={id}>
              <Text span className="break">
                {fullName} ({username})
              </Text>
            </li>
          ))}
        </ul>
      )}
      {listed.error && <FailureOrProof error={listed.error} />}
    </section>
  )
}
