// What stands where a list would be that is empty: what there is none of, and what may be done.
import type { Icon } from '@primer/octicons-react'
import { Blankslate } from '@primer/react/experimental'
import type { ReactNode } from 'react'

export type NothingProps = {
  readonly icon?: Icon
  readonly heading: string
  readonly why?: ReactNode
  /** Below a heading of the page's own. */
  readonly level?: 'h2' | 'h3'
  readonly children?: ReactNode
}

export function Nothing({ icon: Icon, heading, why, level = 'h2', children }: NothingProps) {
  return (
    <Blankslate border>
      {Icon && (
        <Blankslate.Visual>
          <Icon size="medium" />
        </Blankslate.Visual>
      )}
      <Blankslate.Heading as={level}>{heading}</Blankslate.Heading>
      {why && <Blankslate.Description>{why}</Blankslate.Description>}
      {children}
    </Blankslate>
  )
}
