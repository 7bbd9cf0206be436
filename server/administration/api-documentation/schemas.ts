export const apiPageRoute = { hide: true }
