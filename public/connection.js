// Says that there is no connection, for as long as there is none, and keeps a form from being sent into nowhere: the browser would put
// a page of its own in place of ours, and what was typed would be gone.
const notice = document.getElementById('connection')
if (notice !== null) {
  // In milliseconds. A page that has just come has a connection.
  const fresh = 5000
  const patience = 5000
  const between = 3000
  let away = false
  let heardAt = Date.now()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer

  /** @param {boolean} to */
  const show = (to) => {
    away = to
    notice.hidden = !to
    if (!to) heardAt = Date.now()
  }

  const answers = async () => {
    try {
      await fetch('/healthz', { cache: 'no-store', signal: AbortSignal.timeout(patience) })
      return true
    } catch {
      return false
    }
  }

  const look = async () => {
    clearTimeout(timer)
    show(!(await answers()))
    if (away) timer = setTimeout(look, between)
    return !away
  }

  addEventListener('offline', () => {
    show(true)
    timer = setTimeout(look, between)
  })
  addEventListener('online', look)
  // The live channel of this page could send no sign of life.
  addEventListener('gatehouse-silent', () => void (away || look()))

  /** @type {Element | undefined} */
  let passes
  document.addEventListener(
    'submit',
    async (event) => {
      const form = event.target
      if (!(form instanceof HTMLFormElement) || form === passes || (!away && Date.now() - heardAt < fresh)) return
      event.preventDefault()
      event.stopImmediatePropagation()
      if (!(await look())) return
      passes = form
      form.requestSubmit(event.submitter instanceof HTMLButtonElement ? event.submitter : undefined)
      passes = undefined
    },
    { capture: true },
  )
  document.addEventListener('click', async (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null
    if (!away || !(link instanceof HTMLAnchorElement) || event.defaultPrevented) return
    event.preventDefault()
    if (await look()) location.href = link.href
  })
}
