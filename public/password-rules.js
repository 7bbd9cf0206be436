// Ticks the password rules off as one types. The server judges, the same rules as when the form is sent.
const field = document.querySelector('input[data-checked-by]')
if (field instanceof HTMLInputElement) {
  // What is judged only when the form is sent stays as it is.
  const items = [...document.querySelectorAll('#rules li:not([data-judged])')]
  const formToken = field.form?.querySelector('input[name=formToken]')
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting
  /** @type {AbortController | undefined} */
  let asking

  const show = (/** @type {string[] | undefined} */ faults) => {
    for (const item of items) {
      if (!(item instanceof HTMLElement)) continue
      const state =
        faults === undefined
          ? ''
          : faults.includes(item.dataset.code ?? '')
            ? 'broken'
            : 'judgedLast' in item.dataset && faults.length > 0
              ? 'open'
              : 'kept'
      item.dataset.state = state
      const words = item.querySelector('.state')
      if (words instanceof HTMLElement) words.textContent = words.dataset[state] ?? ''
    }
  }

  const check = async () => {
    asking?.abort()
    if (field.value === '') return show(undefined)
    asking = new AbortController()
    try {
      const answer = await fetch(field.dataset.checkedBy ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          newPassword: field.value,
          formToken: formToken instanceof HTMLInputElement ? formToken.value : '',
        }),
        signal: asking.signal,
      })
      if (answer.ok) show((await answer.json()).faults)
    } catch {
      // No answer, or a newer question: the rules stay as they are, and the form is judged when it is sent.
    }
  }

  field.addEventListener('input', () => {
    clearTimeout(waiting)
    waiting = setTimeout(check, 250)
  })

  // What was sent is judged for good, and its form is used up.
  field.form?.addEventListener('submit', () => {
    clearTimeout(waiting)
    asking?.abort()
  })
}
