// The names of labels in a body: GitHub takes each as a text, or as the object that it gave out itself.
import { type ErrorItem, refuse } from '../errors.ts'
import { LABELS_PER_ISSUE_MAX } from '../issue.ts'
import { controlFaults, isBlank, tooLong, tooMany } from './fields.ts'

export const LABELS_SCHEMA = {
  type: 'array',
  items: { type: ['string', 'object'], properties: { name: { type: 'string' } }, required: ['name'] },
} as const

export type LabelsBody = readonly (string | { readonly name: string })[]

const LABEL_NAME_LENGTH_MAX = 50

/** Throws `validation_failed` for a name that is not allowed, and for more labels than an issue can have. */
export function labelNames(labels: LabelsBody): readonly string[] {
  refuse(tooMany('Issue', 'labels', labels.length, LABELS_PER_ISSUE_MAX))
  const names = labels.map(label => (typeof label === 'string' ? label : label.name).trim())
  for (const name of names) refuse(labelNameFaults(name))
  return names
}

export function labelNameFaults(name: string): ErrorItem[] {
  if (isBlank(name)) return [{ resource: 'Label', code: 'missing_field', field: 'name' }]
  return [...tooLong('Label', 'name', name, LABEL_NAME_LENGTH_MAX), ...controlFaults('Label', 'name', name)]
}
