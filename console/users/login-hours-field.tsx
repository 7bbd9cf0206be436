import { ActionIcon, Button, Fieldset, Group, Input, Stack, Switch, Text, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type LoginHours, weekdays } from '../../contracts/account-fields.ts'

type LoginHoursFieldProps = {
  value: LoginHours | null
  onChange: (hours: LoginHours | null) => void
  error?: ReactNode
}

/** The hours of each weekday in which somebody may log in; switched off, they may always. */
export function LoginHoursField({ value, onChange, error }: LoginHoursFieldProps) {
  const { t } = useTranslation()
  const office: LoginHours = Object.fromEntries(weekdays.slice(0, 5).map((day) => [day, [['08:00', '18:00']]]))
  const change = (day: keyof LoginHours, spans: [string, string][]) => onChange({ ...value, [day]: spans })
  return (
    <Fieldset legend={t('users.login_hours')}>
      <Switch
        label={t('users.only_at_hours')}
        description={t('users.login_hours_for')}
        checked={value !== null}
        data-path="loginHours"
        onChange={(event) => onChange(event.currentTarget.checked ? office : null)}
      />
      {value !== null && (
        <Stack gap="xs" mt="md">
          {weekdays.map((day) => (
            <Group key={day} gap="xs" role="group" aria-label={t(`weekday.${day}`)} align="center">
              <Text w="7rem" fw={500}>
                {t(`weekday.${day}`)}
              </Text>
              {(value[day] ?? []).map(([from, to], i) => (
                <Group key={i} gap={4}>
                  <TextInput
                    type="time"
                    aria-label={t('users.hours_from')}
                    value={from}
                    onChange={(event) => change(day, replaced(value[day]!, i, [event.currentTarget.value, to]))}
                  />
                  <span aria-hidden="true">–</span>
                  <TextInput
                    type="time"
                    aria-label={t('users.hours_to')}
                    value={to === '24:00' ? '00:00' : to}
                    // Midnight ends a day as 24:00.
                    onChange={(event) =>
                      change(
                        day,
                        replaced(value[day]!, i, [
                          from,
                          event.currentTarget.value === '00:00' ? '24:00' : event.currentTarget.value,
                        ]),
                      )
                    }
                  />
                  <ActionIcon
                    variant="subtle"
                    color="red"
                    aria-label={t('users.hours_remove')}
                    onClick={() =>
                      change(
                        day,
                        value[day]!.filter((_, other) => other !== i),
                      )
                    }
                  >
                    ×
                  </ActionIcon>
                </Group>
              ))}
              {(value[day] ?? []).length === 0 && <Text c="dimmed">{t('users.no_hours')}</Text>}
              {(value[day] ?? []).length < 3 && (
                <Button
                  size="compact-sm"
                  variant="subtle"
                  onClick={() => change(day, [...(value[day] ?? []), ['08:00', '18:00']])}
                >
                  {t('users.hours_add')}
                </Button>
              )}
            </Group>
          ))}
        </Stack>
      )}
      {error && <Input.Error role="alert">{error}</Input.Error>}
    </Fieldset>
  )
}

function replaced(spans: [string, string][], i: number, span: [string, string]): [string, string][] {
  return spans.map((other, at) => (at === i ? span : other))
}
