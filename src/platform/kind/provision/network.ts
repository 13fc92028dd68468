/** The Docker network of a pair. Apart because its options decide whether addresses can be pinned. */
import { OperatingError } from '../../../base/errors.ts';
import type { Engine } from '../engine.ts';
import { addressIn, type Ground, pairLabel, strayRange } from '../ground.ts';

const mtuOption = 'com.docker.network.driver.mtu';
const masqueradeOption = 'com.docker.network.bridge.enable_ip_masquerade';

/** Makes the network. Addresses can be asked for only where a person gave the subnet, so it is made before kind makes its own. Throws an OperatingError when the subnet was taken meanwhile. */
export async function createNetwork(ground: Ground, engine: Engine): Promise<void> {
  try {
    await engine.docker.createNetwork({
      Name: ground.network,
      Driver: 'bridge',
      CheckDuplicate: true,
      Labels: { [pairLabel]: ground.id },
      Options: { [masqueradeOption]: 'true', ...(await mtu(engine)) },
      IPAM: {
        Driver: 'default',
        Config: [
          // Without a gateway of its own Docker would take the first of the range that it hands out.
          { Subnet: ground.subnet, IPRange: strayRange(ground.subnet), Gateway: addressIn(ground.subnet, 1) },
        ],
      },
    });
  } catch (cause) {
    throw new OperatingError(
      `Failed to make network ${ground.network} (${ground.subnet}): ${(cause as Error).message}`,
      {
        cause,
        hint: 'See `docker network ls`; a network that overlaps it may have come up just now: try again.',
      },
    );
  }
}

/** Hosts with a smaller MTU tell it to Docker's default network; ours needs it too. */
async function mtu(engine: Engine): Promise<Record<string, string>> {
  const options = (await engine.docker.getNetwork('bridge').inspect()) as { Options?: Record<string, string> };
  const given = options.Options?.[mtuOption];
  return given === undefined ? {} : { [mtuOption]: given };
}
