// Primer's links and buttons, going where TanStack Router goes: no page is loaded anew.
import { Link as PrimerLink, LinkButton as PrimerLinkButton } from '@primer/react'
import { createLink } from '@tanstack/react-router'

export const Link = createLink(PrimerLink)
export const LinkButton = createLink(PrimerLinkButton)
