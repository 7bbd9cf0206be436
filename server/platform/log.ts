import type { LogLevel } from '../config.ts'

/**
 * The log: one JSON object a line on standard output, with the time in UTC and the request's id.
 * No line holds a body, a header or a query, so no password and no token can be in one. Source: ASVS 5.0, 16.2.
 */
export function logOptions(level: LogLevel) {
  return {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: {
      // An error's fields can hold parameters of a statement; its name, words and place are what helps.
      err: (error: Error & { code?: string }) => ({
        type: error.name,
        code: error.code,
        message: error.message,
        stack: error.stack ?? '',
      }),
    },
  }
}
