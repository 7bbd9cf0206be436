// The people of the demo: the same ones at every start. Every name is made up.
const firstNames =
  'Ana Bruno Carla Diego Elena Fabio Gabriela Hugo Isabel Joaquín Karina Luis María Nicolás Olivia Paulo Quintina Rafael Sofía Tomás Úrsula Vicente Wanda Ximena Yago Zoe Amélia Caio Daniela Emma Felipe Grace Henrique Inés João Lucía Mateo Noah Pilar Renata'.split(
    ' ',
  )
const lastNames =
  'Souza Ortiz Díaz Pereira Gómez Silva Fernández Costa Rodríguez Almeida Suárez Moreira Castro Lima Acosta Ramos Vega Nunes Méndez Barros Cabrera Duarte Núñez Teixeira Olivera Pinto Benítez Rocha Taylor Walsh'.split(
    ' ',
  )

export const teams = [
  'Sales North',
  'Sales South',
  'Retention',
  'Billing',
  'Technical Support',
  'Field Service',
  'Collections',
  'WhatsApp',
  'Night Shift',
  'Back Office',
  'Premium',
  'Training',
]

/** Numbers that look random and are the same each time. */
export function dice(seed: number): () => number {
  let state = seed
  return () => {
    // mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c (public domain)
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export type Person = {
  username: string
  fullName: string
  email: string | null
  role: 'Administrator' | 'Supervisor' | 'Agent'
  team: number | null
}

/** Administrators, two supervisors for each team, and agents for the rest. */
export function people(count: number, roll: () => number): Person[] {
  const taken = new Set<string>()
  return Array.from({ length: count }, (_, i) => {
    const [first, last] = [pick(firstNames, roll), pick(lastNames, roll)]
    const plain = `${first}.${last}`.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
    let username = plain
    for (let again = 2; taken.has(username); again += 1) username = `${plain}${again}`
    taken.add(username)
    const role = i < 3 ? 'Administrator' : i < 3 + 2 * teams.length ? 'Supervisor' : 'Agent'
    const email = role !== 'Agent' || roll() < 0.3 ? `${username}@example.com` : null
    return { username, fullName: `${first} ${last}`, email, role, team: role === 'Administrator' ? null : i % teams.length }
  })
}

export function pick<T>(list: readonly T[], roll: () => number): T {
  return list[Math.floor(roll() * list.length)]!
}
