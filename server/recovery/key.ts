import { declareKey } from '../platform/secret.ts'

/** Seals who is asked for at the login page, until a job decides. */
export const recoveryKey = declareKey('recovery')
