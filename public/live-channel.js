// The live channel of this browser. The pages of a session have one together: the page that holds a lock opens it, the others hear by
// BroadcastChannel what it hears. Where it cannot be held, a small request now and then is the sign of life. The console uses it too.

/** @typedef {{ reason?: string, text?: string, notMe?: string }} End How a session ended; empty when nobody knows. */
/** @typedef {{ kind: 'idle' | 'longest' | 'hours', seconds: number }} Warning That it ends in so many seconds. */
/**
 * @typedef {object} Page
 * @property {string} formToken the value that every change must carry; it is of the session, so it names the session too
 * @property {(end: End) => void} onEnded nothing more is heard after it
 * @property {(warning: Warning | undefined) => void} onWarning undefined takes the warning back
 * @property {() => void} [onSilent] a sign of life could not be sent
 * @property {(subjects: string[]) => void} [onChanged] what is shown of these subjects may be out of date
 */

// In milliseconds. A page that has heard nothing for `signEvery` asks by itself.
const signEvery = 45_000
const helloWithin = 10_000
const longestWait = 30_000
/** Before the channel is tried again where something keeps it from speaking, such as a proxy that gathers answers. */
const muteWait = 5 * 60_000

/** @param {Page} page */
export function openLiveChannel({ formToken, onEnded, onWarning, onChanged = () => {}, onSilent = () => {} }) {
  const name = `gatehouse ${formToken}`
  const others = new BroadcastChannel(name)
  const closing = new AbortController()
  const { signal } = closing
  /** @type {EventSource | undefined} */
  let source
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let endTimer
  /** @type {{ kind: Warning['kind'], until: number } | undefined} */
  let warned
  let leads = false
  let tries = 0
  // By the clock of the wall: the other one may stand still while the machine sleeps.
  let heardAt = Date.now()

  /** @param {string} event @param {any} data @param {boolean} [isMine] whether it came by the channel of this page */
  function hear(event, data, isMine = false) {
    if (signal.aborted) return
    heardAt = Date.now()
    if (isMine && event !== 'again' && event !== 'replaced') others.postMessage({ event, data })
    switch (event) {
      case 'hello':
        tries = 0
        if (isMine) clearTimeout(timer)
        warn(data.warning ?? undefined)
        // What happened while there was none, nobody has said; a page that was just opened may have asked before it.
        onChanged(['requests', 'sessions'])
        break
      case 'warning':
        warn(data)
        break
      case 'fine':
        warn(undefined)
        break
      case 'changed':
        onChanged(data.subjects)
        break
      case 'ended':
        finish(data)
        break
      case 'again':
        if (isMine) openAgainIn(Math.random() * data.within)
        break
      case 'replaced':
        if (isMine) openAgainIn(muteWait)
        break
      case 'who':
        // A page was opened, which is something that a person does.
        if (warned?.kind === 'idle') warn(undefined)
        if (leads && warned !== undefined)
          others.postMessage({ event: 'warning', data: { kind: warned.kind, seconds: (warned.until - Date.now()) / 1000 } })
        break
    }
  }

  /** @param {Warning | undefined} warning */
  function warn(warning) {
    clearTimeout(endTimer)
    if (warning === undefined && warned === undefined) return
    warned = warning && { kind: warning.kind, until: Date.now() + warning.seconds * 1000 }
    // The server says when it is over; this is for when it cannot be heard.
    if (warning !== undefined) endTimer = setTimeout(sign, warning.seconds * 1000 + 2000)
    onWarning(warning)
  }

  /** @param {End} end */
  function finish(end) {
    if (signal.aborted) return
    close()
    onEnded(end)
  }

  function open() {
    clearTimeout(timer)
    if (signal.aborted) return
    source?.close()
    source = new EventSource('/api/live')
    for (const event of ['hello', 'beat', 'warning', 'fine', 'changed', 'ended', 'again', 'replaced'])
      source.addEventListener(event, ({ data }) => hear(event, JSON.parse(data), true))
    source.addEventListener('error', lose)
    timer = setTimeout(() => {
      sign()
      openAgainIn(muteWait)
    }, helloWithin)
  }

  /** @param {number} milliseconds */
  function openAgainIn(milliseconds) {
    source?.close()
    source = undefined
    clearTimeout(timer)
    timer = setTimeout(open, milliseconds)
  }

  /** The channel broke, or could not be opened. Whether it was the network or the session, a small request finds out. */
  function lose() {
    sign()
    tries += 1
    openAgainIn(Math.min(longestWait, 500 * 2 ** tries) * (0.5 + Math.random() / 2))
  }

  /** @param {string} url */
  async function post(url) {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ formToken }),
    })
    // A form token of another session: somebody else has logged in in this browser.
    if (answer.status !== 401 && answer.status !== 403) return answer
    const end = answer.status === 401 ? ((await answer.json()).values ?? {}) : {}
    if (!signal.aborted) others.postMessage({ event: 'ended', data: end })
    finish(end)
    return undefined
  }

  /** The sign of life of a page that hears nothing. */
  async function sign() {
    if (signal.aborted) return
    try {
      const answer = await post('/api/session/alive')
      if (!answer?.ok) return
      heardAt = Date.now()
      warn((await answer.json()).warning ?? undefined)
    } catch {
      // The network is away for a moment. The next one will arrive.
      onSilent()
    }
  }

  function look() {
    if (Date.now() - heardAt < signEvery) return
    if (source === undefined) sign()
    else lose()
  }

  function close() {
    closing.abort()
    source?.close()
    clearTimeout(timer)
    clearTimeout(endTimer)
    clearInterval(looking)
    others.close()
  }

  const looking = setInterval(look, 15_000)
  others.addEventListener('message', ({ data: { event, data } }) => hear(event, data))
  others.postMessage({ event: 'who' })
  // A page that was asleep says at once whether it is still logged in.
  const wake = () => document.visibilityState === 'visible' && Date.now() - heardAt > 20_000 && (source ? lose() : sign())
  document.addEventListener('visibilitychange', wake, { signal })
  // Closing it is the goodbye, which the browser would say later.
  addEventListener('pagehide', () => source?.close(), { signal })
  addEventListener('pageshow', ({ persisted }) => persisted && leads && open(), { signal })

  const lead = () => {
    leads = true
    open()
    /** @type {Promise<void>} */
    const whileOpen = new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
    return whileOpen
  }
  // Without locks each page opens one; the server keeps the newest, and the others hear it.
  if (navigator.locks === undefined) lead()
  else navigator.locks.request(name, { signal }, lead).catch(() => {})

  return {
    /** Puts off the idle end. */
    async stay() {
      try {
        if (!(await post('/api/session/stay'))?.ok) return
        others.postMessage({ event: 'fine' })
        warn(undefined)
      } catch {
        // The warning stays, and so does the button.
      }
    },
    close,
  }
}

/** How long is left, as minutes and seconds. @param {number} milliseconds */
export function shownTimeLeft(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
