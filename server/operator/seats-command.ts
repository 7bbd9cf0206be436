import type { SeatSettings } from '../instances/instances.ts'
import { findRules } from '../rules/rules.ts'
import { changeSeats, readSeatFigures, type SeatFigures } from '../sessions/sessions.ts'
import { type Command, instanceNamed, seatNumber, wholeNumber } from './command.ts'

/** Shows how the seats of an instance are used, and sets how many there are. */
export const seatsCommand: Command = {
  words: 'instance seats',
  usage: 'NAME [N] [--reserve N] [--overlap PERCENT] [--overlap-minutes N]',
  means:
    'Shows how the seats of an instance are used, and with N sets how many sessions may live at once. N is a number, or "none" for no limit. Nobody is thrown out: with fewer seats than are in use, new logins wait.',
  values: ['NAME'],
  optionalValues: ['N'],
  options: {
    reserve: 'How many more than the seats, for Administrators; 1 at first.',
    overlap: 'How many more per cent of the seats may be in use at a change of shifts; 0 at first.',
    'overlap-minutes': 'On how many minutes of a day logins may go over the seats; 0 at first.',
  },
  async run({ system: { database } }, [name, n], options) {
    const instance = await instanceNamed({ database }, name!)
    const settings = await changeSeats(database, instance, {
      ...(n !== undefined && { seats: n === 'none' ? null : seatNumber(n) }),
      ...(options.reserve !== undefined && { seatReserve: wholeNumber('The reserve', options.reserve, 0, 1000) }),
      ...(options.overlap !== undefined && { overlapPercent: wholeNumber('The overlap', options.overlap, 0, 100) }),
      ...(options['overlap-minutes'] !== undefined && {
        overlapMinutes: wholeNumber('The minutes of the overlap', options['overlap-minutes'], 0, 1440),
      }),
    })
    const figures = await database.in(instance, async (tx) => readSeatFigures(tx, await findRules(tx)))
    const { inUse, peak, refusals } = figures
    return {
      json: { name, ...settings, inUse, peakToday: peak, refusalsToday: refusals },
      text: asText(name!, settings, figures),
    }
  },
}

function asText(
  name: string,
  { seats, seatReserve, overlapPercent, overlapMinutes }: SeatSettings,
  { inUse, peak, refusals }: SeatFigures,
): string {
  const lines = [
    seats === null ? `The instance ${name} has no limit of seats.` : `The instance ${name} has ${seats} seats.`,
    ...(seats === null ? [] : [`  Reserve for Administrators  ${seatReserve}`]),
    ...(seats === null || overlapPercent === 0 || overlapMinutes === 0
      ? []
      : [`  Overlap of shifts           ${overlapPercent} % on ${overlapMinutes} minutes a day`]),
    `  In use now                  ${inUse}`,
    `  Most at once today          ${peak}`,
    `  Refused today               ${refusals}`,
  ]
  return `${lines.join('\n')}\n`
}
