/** etcd's two raft flags, as kubeadm's ClusterConfiguration hands them on. Apart because etcd refuses to start on wrong ones, and so do we. */
import type { EtcdTiming } from '../../domain/topology.ts';
import { extraArgFields, scalarText } from './extra-args.ts';
import type { Field } from './field.ts';

/** ms, etcd server/embed/config.go. */
const defaults = { 'heartbeat-interval': 100, 'election-timeout': 1_000 };
const electionMsMax = 50_000;
const heartbeatsMin = 5;

/** `extraArgs` of `etcd.local`, in order; the last of each flag counts. Undefined when none is given. Complains of what etcd refuses: no whole number of ms, less than 5 heartbeats, more than 50 s. */
export function readEtcdTiming(args: readonly Field[]): EtcdTiming | undefined {
  const flags = args.map(extraArgFields);
  const fieldOf = (flag: keyof typeof defaults) => flags.map((each) => each.get(flag)).findLast((each) => each);
  const [heartbeat, election] = [fieldOf('heartbeat-interval'), fieldOf('election-timeout')];
  if (heartbeat === undefined && election === undefined) return undefined;
  const heartbeatMs = wholeMs(heartbeat, 'heartbeat-interval');
  const electionMs = wholeMs(election, 'election-timeout');
  if (heartbeatMs === undefined || electionMs === undefined) return undefined;
  if (electionMs < heartbeatsMin * heartbeatMs || electionMs > electionMsMax) {
    (election ?? heartbeat)!.complain(
      `Expected an election-timeout from ${heartbeatsMin} heartbeats (${heartbeatsMin * heartbeatMs} ms) to ${electionMsMax} ms, got ${electionMs}`,
      'etcd does not start otherwise.',
    );
    return undefined;
  }
  return { heartbeatMs, electionMs };
}

function wholeMs(field: Field | undefined, flag: keyof typeof defaults): number | undefined {
  if (field === undefined) return defaults[flag];
  const text = scalarText(field);
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  field.complain(`Expected ${flag} in whole ms, got \`${text}\``);
  return undefined;
}
