import { type ReactNode, useEffect, useRef } from 'react'

type DropMenuProps = {
  /** Of the navigation that it is; undefined where it holds acts. */
  label?: string
  summary: ReactNode
  children: ReactNode
}

/** The same menu as on the server's pages: opened by a press, closed by Escape, by an act, or by turning elsewhere. */
export function DropMenu({ label, summary, children }: DropMenuProps) {
  const menu = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const closing = new AbortController()
    const { signal } = closing
    const own = menu.current!
    const close = () => {
      own.open = false
    }
    const leave = ({ target }: Event) => {
      if (target instanceof Node && !own.contains(target)) close()
    }
    document.addEventListener('click', leave, { signal })
    document.addEventListener('focusin', leave, { signal })
    own.addEventListener('click', ({ target }) => target instanceof HTMLButtonElement && close(), { signal })
    own.addEventListener(
      'keydown',
      ({ key }) => {
        if (key !== 'Escape') return
        close()
        own.querySelector('summary')?.focus()
      },
      { signal },
    )
    return () => closing.abort()
  }, [])
  const list = <ul>{children}</ul>
  return (
    <details ref={menu} className="menu">
      <summary>{summary}</summary>
      {label === undefined ? <div className="drop">{list}</div> : <nav aria-label={label}>{list}</nav>}
    </details>
  )
}
