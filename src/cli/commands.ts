// The commands of the program, in the order in which a newcomer meets them.
import { backup } from './backup.ts'
import type { Command } from './command.ts'
import { forward } from './forward.ts'
import { http } from './http.ts'
import { receive } from './receive.ts'
import { rekey } from './rekey.ts'
import { serve } from './serve.ts'
import { trigger } from './trigger.ts'
import { tutorial } from './tutorial.ts'

export const COMMANDS: readonly Command[] = [tutorial, serve, receive, http, forward, trigger, backup, rekey]
