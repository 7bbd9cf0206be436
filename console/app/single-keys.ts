// Keys that do something by themselves, without Ctrl: whoever speaks to the machine, or hits keys by mistake, turns them off.
// Source: WCAG 2.2, 2.1.4. This browser remembers it.
const kept = 'gatehouse-single-keys'

export const singleKeys = {
  areOn: () => localStorage.getItem(kept) !== 'off',
  turn: (on: boolean) => localStorage.setItem(kept, on ? 'on' : 'off'),
}
