// Refusals: everything that Gatehouse says no to is one Problem, and one handler (http.ts) answers it.

/** One field that cannot be taken as it is. `field` is the name in the body, `code` a key of locales/*\/faults.json. */
export type Fault = { field: string; code: string }

/**
 * A refusal that people are told of.
 * `code` is stable and snake_case; locales/*\/problems.json holds its texts.
 */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  /** Seconds after which it makes sense to try again. */
  readonly retryAfterSeconds: number | undefined
  /** What the texts need, such as a time. */
  readonly values: Readonly<Record<string, string | number>>
  /** The fields that are wrong, all of them. */
  readonly fields: readonly Fault[]

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      retryAfterSeconds?: number
      values?: Record<string, string | number>
      fields?: readonly Fault[]
      cause?: unknown
    } = {},
  ) {
    super(message, { cause: more.cause })
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.retryAfterSeconds = more.retryAfterSeconds
    this.values = more.values ?? {}
    this.fields = more.fields ?? []
  }
}

/** The problems that no feature owns, by what a person or a program did. */
export const unavailable = (cause: unknown) =>
  new Problem(503, 'database_unavailable', 'The database does not answer.', { retryAfterSeconds: 5, cause })
export const notFound = () => new Problem(404, 'not_found', 'There is nothing at this address.')
export const requestInvalid = (message: string, status = 400) => new Problem(status, 'request_invalid', message)
export const fieldsRefused = (fields: readonly Fault[]) =>
  new Problem(
    422,
    'fields_refused',
    `Some fields cannot be taken: ${fields.map(({ field, code }) => `${field} (${code})`).join(', ')}.`,
    { fields },
  )
export const changedMeanwhile = () => new Problem(409, 'changed_meanwhile', 'Somebody else has changed this meanwhile.')
export const formExpired = () => new Problem(403, 'form_expired', 'The form is too old or came from elsewhere.')
/** What this browser's cookie opens is not what the page was made for: another person has begun something here since. */
export const otherPersonsPage = () =>
  new Problem(409, 'other_persons_page', 'Another person has begun something in this browser since this page was opened.')
/** @param end how the session that this browser had ended: why, and what the person reads */
export const notSignedIn = (end?: { reason: string; text: string } | '') =>
  new Problem(401, 'not_signed_in', 'Nobody is logged in in this browser.', end ? { values: end } : {})
export const notPermitted = () => new Problem(403, 'not_permitted', 'The profile does not permit this.')
