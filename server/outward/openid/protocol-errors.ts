// What keeps Gatehouse from answering, in the words of the protocol.
import { errors } from 'oidc-provider'
import { brokenConstraint } from '../../platform/database.ts'
import { Problem } from '../../platform/problem.ts'

/** What `work` answers. A database that is away or full is said so, and a module may try again; nothing is taken for good meanwhile. */
export async function inProtocol<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // What it hangs on was taken back meanwhile, or the session is gone.
    if (brokenConstraint(error) === 'foreign_key') throw new errors.InvalidGrant('taken back meanwhile')
    if (!(error instanceof Problem) || error.status !== 503) throw error
    // Source: RFC 6749, 4.1.2.1 (temporarily_unavailable); RFC 9110, 15.6.4
    throw Object.assign(new errors.TemporarilyUnavailable(), { status: 503, statusCode: 503 })
  }
}
