// The rules of recovery, in one place, until Administrators set some of them.

export const recoveryLimits = {
  /** How long a link in a message works. The Administrator's choice will be from 10 minutes to 24 hours. */
  linkMinutes: 30,
  /** How long a recovery request waits for an answer. Asking again begins anew. */
  requestHours: 24,
  /** How many requests of one account are opened in an hour: who was refused cannot ask on and on. For links, see messages. */
  mostRequestsPerHour: 3,
  /** How many links an instance sends in one hour. */
  mostLinksPerHour: 600,
  /** How often one address may ask in one window. A shift start does not come near it; as for wrong passwords. */
  mostFromAddress: 300,
  windowMinutes: 10,
} as const
