// The limits of recovery, in one place. How long a link works is a rule of the Administrator's.

export const recoveryLimits = {
  /** How long a recovery request waits for an answer. Asking again begins anew. */
  requestHours: 24,
  /** How many requests of one account are opened in an hour: who was refused cannot ask on and on. For links, see messages. */
  mostRequestsPerHour: 3,
  /** How many links an instance sends in one hour to people who asked in a browser that is not known to be theirs. */
  mostLinksPerHour: 600,
  /** How many of them one network may ask for: a stranger needs ten networks to use up what is there for all. */
  mostLinksPerNetwork: 60,
  /** How often one address may ask in one window. A shift start does not come near it; as for wrong passwords. */
  mostFromAddress: 300,
  windowMinutes: 10,
} as const
