/** Names of clusters: what kind and a host name take, and whose a cluster is. Apart because every call checks the name before anything is started. */
import { InputError } from '../base/errors.ts';

/** kind takes these characters; a name must not begin or end with a dot or a dash, or its nodes would have no valid host name. */
const shape = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

/** A host name has 63 characters at most, and kind's longest suffix is `-external-load-balancer` (23). */
const lengthMax = 40;

/** Throws an InputError when kind would not take the name, or when it does not begin with the prefix of what is ours. */
export function validateClusterName(name: string, prefix: string): void {
  if (!shape.test(name) || name.length > lengthMax)
    throw new InputError({
      message: `Expected the name of a cluster to be 1 to ${lengthMax} lower-case letters, digits, dots and dashes, got \`${name}\``,
      hint: 'It becomes part of the host names of its nodes, so it begins and ends with a letter or a digit.',
    });
  if (!name.startsWith(prefix))
    throw new InputError({
      message: `Expected the name of a cluster of ours to begin with \`${prefix}\`, got \`${name}\``,
      hint: 'Clusters without that prefix belong to somebody else and are not touched.',
    });
}
