// What the inspector tells by itself: that something has changed, at which the page asks anew. A page that nobody
// sees lets go of its stream.
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

export type LiveState = 'connecting' | 'live' | 'lost'

// As often as one can follow it.
const PERIOD_MS = 300

export function useLive(): LiveState {
  const queries = useQueryClient()
  const [state, setState] = useState<LiveState>('connecting')
  useEffect(() => {
    let source: EventSource | undefined
    let asking: ReturnType<typeof setTimeout> | undefined
    const ask = () => {
      asking ??= setTimeout(() => {
        asking = undefined
        queries.invalidateQueries({ queryKey: ['requests'] })
      }, PERIOD_MS)
    }
    const open = () => {
      source = new EventSource('/api/stream')
      source.addEventListener('ready', () => {
        setState('live')
        // The command may have been started anew: nothing from before is there.
        queries.invalidateQueries()
      })
      source.onerror = () => setState('lost')
      for (const name of ['requests', 'cleared']) source.addEventListener(name, ask)
    }
    const close = () => {
      source?.close()
      source = undefined
    }
    const look = () => {
      if (document.hidden) close()
      else if (!source) open()
    }
    document.addEventListener('visibilitychange', look)
    look()
    return () => {
      document.removeEventListener('visibilitychange', look)
      clearTimeout(asking)
      close()
    }
  }, [queries])
  return state
}
