// The heading of a screen, which names its tab too: the screen, the area that it belongs to, the instance.
import { Title } from '@mantine/core'
import { useEffect } from 'react'

export const instanceName = document.querySelector<HTMLMetaElement>('meta[name=instance]')?.content ?? ''

let parts: readonly string[] = []
let waiting = 0

function show(): void {
  const title = [...parts, instanceName].filter(Boolean).join(' · ')
  document.title = waiting === 0 ? title : `(${waiting}) ${title}`
}

/** How many people wait for somebody who looks at another tab. */
export function showWaiting(count: number): void {
  waiting = count
  show()
}

type HeadingProps = {
  children: string
  /** The area that the screen belongs to, where that is not the screen itself. */
  area?: string | undefined
}

export function Heading({ children, area }: HeadingProps) {
  useEffect(() => {
    parts = area === undefined ? [children] : [children, area]
    show()
  }, [children, area])
  return (
    <Title order={1} size="h2" className="break">
      {children}
    </Title>
  )
}
