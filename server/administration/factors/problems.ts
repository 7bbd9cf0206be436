import { Problem } from '../../platform/problem.ts'

export const nobodyWaits = () => new Problem(409, 'nobody_waits', 'Nobody waits for this at the login page.')
export const wrongNumber = () => new Problem(422, 'wrong_number', 'This is not the number on the screen of the person.')
export const profileUnknown = () => new Problem(404, 'profile_not_found', 'There is no such profile.')
