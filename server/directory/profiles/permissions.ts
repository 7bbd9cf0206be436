import type { Permission } from '../../../contracts/permissions.ts'

/** The part of the console that a permission is about. */
export function areaOf(permission: Permission): string {
  return permission.slice(0, permission.indexOf('.'))
}
