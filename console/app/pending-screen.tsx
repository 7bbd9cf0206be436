import { Skeleton, Stack } from '@mantine/core'
import { ApiProblem } from './api.ts'
import { useAway } from './connection.ts'
import { FailedScreen } from './failure.tsx'

/** In the place of a screen that is on its way; without a network it says what it waits for, and goes on by itself. */
export function PendingScreen() {
  if (useAway()) return <FailedScreen error={new ApiProblem(0, { code: 'offline' })} />
  return (
    <Stack aria-busy="true">
      <Skeleton height={32} width="min(16rem, 60%)" />
      <Skeleton height={36} />
      <Skeleton height={320} />
    </Stack>
  )
}
