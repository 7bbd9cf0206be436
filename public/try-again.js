// Counts down until the session that is in the way has ended by itself, and then tries again.
const form = document.querySelector('form[data-free-in]')
const left = form?.querySelector('[data-left]')
if (form instanceof HTMLFormElement && left) {
  const until = Date.now() + Number(form.dataset.freeIn) * 1000
  const words = new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit: 'second', unitDisplay: 'long' })
  const timer = setInterval(() => {
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1000))
    // Heard once, at the beginning: a number each second is for eyes.
    left.textContent = words.format(seconds)
    if (seconds > 0) return
    clearInterval(timer)
    form.requestSubmit()
  }, 250)
  form.querySelector('[role=status]')?.setAttribute('aria-live', 'off')
}
