// Goes on as soon as a supervisor has typed the number. Without this script the page asks by itself every few seconds.
const waiting = document.querySelector('[data-waits]')
if (waiting instanceof HTMLElement) {
  const { waits = '', goesOn = '' } = waiting.dataset
  const ask = async () => {
    try {
      const answer = await fetch(waits)
      const { state } = await answer.json()
      if (!answer.ok || state !== 'waits') return location.replace(goesOn)
    } catch {
      // The network is away for a moment; it is asked again.
    }
    setTimeout(ask, 1000)
  }
  setTimeout(ask, 1000)
}
