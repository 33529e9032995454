// Networks from which callers may come.
import { BlockList, isIP } from 'node:net'
import { parseNetwork } from '../egress/address.ts'

export type NetworkList = { contains(address: string): boolean }

/** Throws `misconfigured` for a text that is no network. */
export function createGuardedNetworks(networks: readonly string[]): NetworkList {
  const list = new BlockList()
  for (const network of networks) {
    const [address, bits] = parseNetwork(network)
    list.addSubnet(address.toString(), bits, address.kind())
  }
  return {
    contains(address) {
      const bare = address.replace(/^::ffff:(?=\d+\.)/i, '')
      const family = isIP(bare)
      return family !== 0 && list.check(bare, family === 4 ? 'ipv4' : 'ipv6')
    },
  }
}
