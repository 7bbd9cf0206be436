// Closes the user menu with Escape, or when the person turns elsewhere.
const menu = document.querySelector('details.menu')
if (menu instanceof HTMLDetailsElement) {
  menu.addEventListener('keydown', (event) => {
    if (!(event instanceof KeyboardEvent) || event.key !== 'Escape') return
    menu.open = false
    menu.querySelector('summary')?.focus()
  })
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false
  })
}
