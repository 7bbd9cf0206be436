// Logouts: tells every module at which a session was used that it has ended. What is to be told stands in the database since the moment
// of the end; any node tells it, each module gets its own line, and one that does not answer holds up no other. Owns no table.
// Source: OpenID Connect Back-Channel Logout 1.0, 2.5 to 2.8
import { instanceUrl, listServedInstances } from '../../instances/instances.ts'
import type { Database } from '../../platform/database.ts'
import type { Notices } from '../../platform/notices.ts'
import type { Keys } from '../../platform/secret.ts'
import { type Delivery, findDueLogouts, type Settled, settleDelivery, takeLogouts } from '../modules/modules.ts'
import { readSigningKeys, type SigningKey, sidOf, signLogoutToken } from '../openid/openid.ts'
import { AddressRefused, guardedPost } from './guarded-post.ts'

export type LogoutNeeds = {
  database: Database
  keys: Keys
  publicUrl: URL
  notices: Notices
  /** Networks inside in which modules may be told. */
  networks: readonly string[]
  onError: (error: unknown, message: string) => void
}

export type Logouts = Readonly<{
  start(): void
  close(): Promise<void>
}>

/** Modules that a node tells at once: all, and one of them. */
const atOnce = 64
const atOnceOfOne = 4
/** In milliseconds: how often it is looked for what is due again, and how long one module may take. */
const lookEvery = 1000
const answerWithin = 5000
const keysKept = 1000
/** For so long, in seconds, it is tried again. */
const triedFor = 24 * 3600
/** The waits before it is tried again, in seconds; the last one from then on. */
const waits = [1, 5, 30, 120, 600, 1800]

export function openLogouts(needs: LogoutNeeds): Logouts {
  const { database, notices, onError } = needs
  const underWay = new Map<string, number>()
  const working = new Set<Promise<void>>()
  const wanted = new Set<string>()
  let pumping: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let stop = () => {}
  let closed = true
  const signing = new Map<string, { keys: Promise<SigningKey[]>; until: number }>()

  /** Takes what is due in the instances that somebody has spoken of, as long as there is room. */
  async function pump(): Promise<void> {
    for (const id of wanted) {
      wanted.delete(id)
      const room = atOnce - working.size
      if (closed || room <= 0) return
      const busy = [...underWay].filter(([, count]) => count >= atOnceOfOne).map(([moduleId]) => moduleId)
      const taken = await takeLogouts(database, { id }, Math.min(room, 16), busy)
      for (const delivery of taken) begin({ id }, delivery)
      // There may be more.
      if (taken.length > 0) want(id)
    }
  }

  function want(id: string): void {
    wanted.add(id)
    if (closed || pumping !== undefined) return
    pumping = pump()
      .catch((error) => onError(error, 'modules could not be told of ends of sessions; it is tried again'))
      .finally(() => {
        pumping = undefined
        if (wanted.size > 0 && working.size < atOnce) want([...wanted][0]!)
      })
  }

  function begin(instance: { id: string }, delivery: Delivery): void {
    const { moduleId } = delivery
    underWay.set(moduleId, (underWay.get(moduleId) ?? 0) + 1)
    const work = tell(instance, delivery)
      .then((settled) => settleDelivery(database, instance, settled))
      .catch((error) => onError(error, 'a module could not be told of the end of a session; it is tried again'))
      .finally(() => {
        working.delete(work)
        const left = underWay.get(moduleId)! - 1
        if (left === 0) underWay.delete(moduleId)
        else underWay.set(moduleId, left)
        want(instance.id)
      })
    working.add(work)
  }

  async function tell(instance: { id: string }, delivery: Delivery): Promise<Settled> {
    const { id, clientId, logoutAddress, signing, accountId, sessionId } = delivery
    if (logoutAddress === '') return { id, state: 'given_up', answer: 'no_address' }
    const issuer = instanceUrl(needs.publicUrl, delivery)
    const signingKeys = await keysOf(instance)
    const sid = sidOf(needs.keys, instance, sessionId, clientId)
    const token = await signLogoutToken(signingKeys, signing, issuer, { clientId, accountId, sid })
    const body = new URLSearchParams({ logout_token: token }).toString()
    try {
      const { status, retryAfter } = await guardedPost({
        url: new URL(logoutAddress),
        body,
        within: answerWithin,
        networks: needs.networks,
      })
      if (status === 200 || status === 204) return { id, state: 'delivered', answer: String(status) }
      // It has understood, and takes it for wrong: again it would be as wrong.
      if (status === 400) return { id, state: 'refused', answer: '400' }
      return again(delivery, String(status), Number(retryAfter))
    } catch (error) {
      return again(delivery, wordOf(error))
    }
  }

  /** The keys, as they were at most a second ago. */
  async function keysOf(instance: { id: string }): Promise<SigningKey[]> {
    const known = signing.get(instance.id)
    if (known !== undefined && known.until > performance.now()) return known.keys
    const keys = readSigningKeys(needs, instance)
    signing.set(instance.id, { keys, until: performance.now() + keysKept })
    keys.catch(() => signing.delete(instance.id))
    return keys
  }

  async function look(): Promise<void> {
    for (const id of await findDueLogouts(database, await database.call(listServedInstances))) want(id)
  }

  function lookAgain(): void {
    timer = setTimeout(() => {
      look()
        .catch((error) => onError(error, 'it could not be looked which modules are to be told; it is tried again'))
        .finally(() => {
          if (!closed) lookAgain()
        })
    }, lookEvery).unref()
  }

  return {
    start() {
      if (!closed) return
      closed = false
      stop = notices.subscribe((notice) => {
        if (notice.about === 'logouts') want(notice.instance)
      })
      lookAgain()
    },
    async close() {
      closed = true
      clearTimeout(timer)
      stop()
      await pumping
      await Promise.all(working)
    },
  }
}

function again({ id, tries, endedAt }: Delivery, answer: string, asked = Number.NaN): Settled {
  if (Date.now() - endedAt.getTime() > triedFor * 1000) return { id, state: 'given_up', answer }
  const wait = waits[Math.min(tries, waits.length) - 1]!
  return { id, state: 'waiting', answer, againIn: asked > 0 && asked < 3600 ? Math.max(asked, wait) : wait }
}

/** What kept a module from being told, in one word that people can look up. */
function wordOf(error: unknown): string {
  if (error instanceof AddressRefused) return 'address_inside'
  const { code, name } = error as NodeJS.ErrnoException
  return name === 'AbortError' || name === 'TimeoutError' || code === 'ABORT_ERR'
    ? 'timeout'
    : (code ?? 'failed').toLowerCase().slice(0, 60)
}
