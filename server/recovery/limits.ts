// The limits of recovery, in one place. How long a link works is a rule of the Administrator's.

export const recoveryLimits = {
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
