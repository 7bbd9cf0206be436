/** What an instance needs before a floor works with it, in the order in which one does it. Each is known by a fact. */
export const firstDaySteps = [
  'settings',
  'second_administrator',
  'mail',
  'rules',
  'teams',
  'people',
  'slips',
  'supervisor',
] as const
export type FirstDayStep = (typeof firstDaySteps)[number]
