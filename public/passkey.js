// Passkeys: asks the browser's keys for what the page has, and sends their answer as a form. Without this script the button stays hidden.
// Source: Web Authentication Level 3, 5.1.3, 5.1.4 and 5.1.8 to 5.1.10.
const form = document.querySelector('form[data-passkey]')
const canBeAsked = 'PublicKeyCredential' in globalThis && 'parseRequestOptionsFromJSON' in PublicKeyCredential
const says = document.querySelector('[data-passkey-says]')

const say = (/** @type {string | undefined} */ text) => {
  if (!(says instanceof HTMLElement)) return
  says.textContent = text ?? ''
  says.hidden = !text
}

if (form instanceof HTMLFormElement && !canBeAsked) say(form.dataset.unsupported)
if (form instanceof HTMLFormElement && canBeAsked) {
  const { passkey: use, options = '', failed, exists } = form.dataset
  /** @type {AbortController | undefined} */
  let waiting

  // On the login page nobody is known yet, and a question is fetched when it is needed; elsewhere it stands in the page.
  const read = async () => (options.startsWith('/') ? (await fetch(options)).json() : JSON.parse(options))

  const ask = async (/** @type {'conditional' | 'required'} */ mediation) => {
    waiting?.abort()
    waiting = new AbortController()
    const { signal } = waiting
    const asked = await read()
    const answer =
      use === 'create'
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked), signal })
        : await navigator.credentials.get({
            publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked),
            mediation,
            signal,
          })
    const field = form.elements.namedItem('answer')
    if (!(answer instanceof PublicKeyCredential) || !(field instanceof HTMLInputElement)) return
    field.value = JSON.stringify(answer.toJSON())
    // On the login page the value that binds forms stands once, in the form beside this one.
    const bound = form.elements.namedItem('formToken')
    const other = document.querySelector('form[action="/login"] [name=formToken]')
    if (bound instanceof HTMLInputElement && bound.value === '' && other instanceof HTMLInputElement) bound.value = other.value
    form.submit()
  }

  form.hidden = false
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    say('')
    ask('required').catch((error) => say(error?.name === 'InvalidStateError' ? exists : failed))
  })
  // The browser offers its passkeys in the field of the username, for whoever looks there.
  if (use === 'login')
    PublicKeyCredential.isConditionalMediationAvailable?.()
      .then((can) => (can ? ask('conditional') : undefined))
      .catch(() => {})
}
