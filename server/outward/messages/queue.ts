import type { JobQueue } from '../../platform/jobs.ts'

/** Messages that wait for their way out. */
export const messageQueue: JobQueue = {
  name: 'message',
  // The worker itself decides when to give up; this many failures only come of something that is broken for weeks.
  retryLimit: 10_000,
  // 10 to 20 s after the first failure, then twice as long each time, up to a quarter of an hour.
  retryDelay: 10,
  retryBackoff: true,
  retryDelayMax: 900,
  expireInSeconds: 300,
  retentionSeconds: 365 * 24 * 3600,
  deleteAfterSeconds: 24 * 3600,
}
