import type { JobQueue } from '../platform/jobs.ts'

/** What somebody asked for at "Forgot your password?". Of a flood, little is kept. */
export const recoveryQueue: JobQueue = {
  name: 'recovery',
  retryLimit: 20,
  retryDelay: 5,
  retryBackoff: true,
  retryDelayMax: 300,
  expireInSeconds: 60,
  retentionSeconds: 24 * 3600,
  deleteAfterSeconds: 3600,
}
