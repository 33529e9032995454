// Which piece of a list is wanted. Its ceilings are the caller's, who knows GitHub's.

/** `page` counts from 1. */
export type Page = { readonly page: number; readonly perPage: number }

export function offsetOf({ page, perPage }: Page): number {
  return (page - 1) * perPage
}
