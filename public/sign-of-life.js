// Tells the server every 30 seconds that this page is still open, and the person when the session has ended.
const place = document.getElementById('sign-of-life')
if (place !== null) {
  const send = async () => {
    try {
      const answer = await fetch('/api/session/alive', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ formToken: place.dataset.formToken }),
      })
      if (answer.status === 401) {
        const { values } = await answer.json()
        const alert = place.querySelector('.alert')
        if (alert !== null && values?.text) alert.textContent = values.text
        place.hidden = false
        // What it offers would only lead to the login.
        document.querySelector('.menu')?.setAttribute('hidden', '')
        clearInterval(timer)
      }
    } catch {
      // The network is away for a moment. The next one will arrive.
    }
  }
  const timer = setInterval(send, 30_000)
  // A page that was asleep in the background says at once whether it is still logged in.
  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && send())
}
