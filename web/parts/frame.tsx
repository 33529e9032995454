// What pages have in common: the trail that says where one is, the heading, which gets the focus when one
// comes here, and the document's title.
import { Breadcrumbs, Heading } from '@primer/react'
import { type ReactNode, useEffect, useRef } from 'react'
import { catalogue, useWords } from '../language.tsx'
import { Link } from './link.tsx'

import './frame.css'

const WORDS = catalogue({ where: 'Breadcrumbs' }, { where: 'Fil d’Ariane' })

export type Step = { readonly to: string; readonly label: string }

export type FrameProps = {
  /** The pages above this one, the widest first. */
  readonly trail?: readonly Step[]
  /** Of the document, and of the page unless that has a `heading`. */
  readonly title: string
  readonly heading?: ReactNode
  readonly action?: ReactNode
  readonly children: ReactNode
}

export function Frame({ trail = [], title, heading, action, children }: FrameProps) {
  const words = useWords(WORDS)
  const first = useRef<HTMLHeadingElement>(null)
  const full = [title, ...trail.map(({ label }) => label).toReversed(), 'Hookline'].join(' · ')
  useEffect(() => {
    document.title = full
  }, [full])
  useEffect(() => first.current?.focus(), [])
  return (
    <div className="frame">
      {trail.length > 0 && (
        <Breadcrumbs aria-label={words.where}>
          {trail.map(({ to, label }) => (
            <Link key={to} to={to} activeOptions={{ exact: true }} className="frame-step">
              {label}
            </Link>
          ))}
        </Breadcrumbs>
      )}
      <div className="frame-head">
        <Heading as="h1" variant="large" ref={first} tabIndex={-1} className="frame-title">
          {heading ?? title}
        </Heading>
        {action}
      </div>
      {children}
    </div>
  )
}
