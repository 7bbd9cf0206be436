// Small pictures beside words. They say nothing that the words do not, so nobody has to see them.

/** Each is drawn in lines on a field of 16 by 16. */
const shapes = {
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  ban: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM4 4l8 8',
  key: 'M5.5 7.5a3 3 0 1 0 0 .1M5.6 8H14v3M11 8v2',
  clock: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 5v3.2l2.2 1.6',
  day: 'M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2v3M10.5 2v3',
  screen: 'M2 3h12v8H2zM5.5 13.5h5M8 11v2.5',
  seat: 'M4.5 2v6.5h7M4.5 8.5V14M11.5 8.5V14',
  tick: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  question: 'M5.5 6a2.5 2.5 0 1 1 3.5 2.2c-.7.4-1 .8-1 1.6M8 12.4v.6',
  next: 'M3 8h9M8.5 4.5 12 8l-3.5 3.5',
} as const
export type IconName = keyof typeof shapes

export function Icon({ name, size = 14 }: { name: IconName; size?: number }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={shapes[name]} />
    </svg>
  )
}
