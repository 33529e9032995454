// Labels in their colours. In a list of issues each leads to those that have it.
import { IssueLabelToken } from '@primer/react'
import { createLink } from '@tanstack/react-router'
import type { ComponentProps } from 'react'
import type { Label } from './issue.ts'

import './repository.css'

export type LabelListProps = {
  readonly labels: readonly Label[]
  /** Where the list of issues is; undefined for labels that lead nowhere. */
  readonly page?: string
}

export function LabelList({ labels, page }: LabelListProps) {
  if (labels.length === 0) return null
  return (
    <span className="issue-labels">
      {labels.map(({ id, name, color, description }) => {
        const token = { text: name, fillColor: `#${color}`, title: description ?? undefined }
        return page === undefined ? (
          <IssueLabelToken key={id} {...token} dir="auto" />
        ) : (
          <LabelLink key={id} {...token} to={page} search={{ label: name }} />
        )
      })}
    </span>
  )
}

const LabelLink = createLink((props: ComponentProps<typeof IssueLabelToken>) => (
  <IssueLabelToken as="a" {...props} dir="auto" />
))
