import { Problem } from '../../platform/problem.ts'

export const teamNotFound = () => new Problem(404, 'team_not_found', 'There is no such team within reach.')
/** @param members how many accounts are in it */
export const teamNotEmpty = (members: number) =>
  new Problem(409, 'team_not_empty', 'There are accounts in this team.', { values: { members } })
