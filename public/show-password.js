// Lets people look at the password that they type. Without this script the button stays hidden.
for (const button of document.querySelectorAll('button[data-shows]')) {
  if (!(button instanceof HTMLButtonElement)) continue
  const field = document.getElementById(button.dataset.shows ?? '')
  if (!(field instanceof HTMLInputElement)) continue
  button.hidden = false
  const show = (/** @type {boolean} */ shown) => {
    field.type = shown ? 'text' : 'password'
    button.setAttribute('aria-pressed', String(shown))
  }
  button.addEventListener('click', () => show(field.type === 'password'))
  // What is sent, and what the browser may keep of it, is a password again.
  field.form?.addEventListener('submit', () => show(false))
}
