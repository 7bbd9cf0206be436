// Says on the open page that the session is about to end, with a button to stay, and that it has ended and why.
const warningCard = document.getElementById('session-warning')
const endedCard = document.getElementById('session-ended')
if (warningCard !== null && endedCard !== null) {
  const { openLiveChannel, shownTimeLeft } = await import(warningCard.dataset.channel ?? '')
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let counting

  /** @param {import('./live-channel.js').Warning | undefined} warning */
  const onWarning = (warning) => {
    clearInterval(counting)
    warningCard.hidden = warning === undefined
    if (warning === undefined) return
    for (const text of warningCard.querySelectorAll('[data-kind]'))
      if (text instanceof HTMLElement) text.hidden = text.dataset.kind !== warning.kind
    const until = Date.now() + warning.seconds * 1000
    const count = () => {
      const left = warningCard.querySelector('[data-left]')
      if (left !== null) left.textContent = shownTimeLeft(until - Date.now())
    }
    count()
    counting = setInterval(count, 1000)
  }

  /** @param {import('./live-channel.js').End} end */
  const onEnded = ({ text, notMe }) => {
    onWarning(undefined)
    const alert = endedCard.querySelector('.alert')
    if (alert !== null && text) alert.textContent = text
    const form = endedCard.querySelector('form')
    const token = form?.elements.namedItem('formToken')
    if (form && notMe !== undefined && token instanceof HTMLInputElement) {
      token.value = notMe
      form.hidden = false
    }
    endedCard.hidden = false
    endedCard.scrollIntoView({ block: 'nearest' })
    // What it offers would only lead to the login.
    document.querySelector('.menu')?.setAttribute('hidden', '')
  }

  const onSilent = () => void dispatchEvent(new Event('gatehouse-silent'))
  const channel = openLiveChannel({ formToken: warningCard.dataset.formToken ?? '', onWarning, onEnded, onSilent })
  warningCard.querySelector('button')?.addEventListener('click', () => void channel.stay())
}
