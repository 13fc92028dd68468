/** Which feature gates can change nothing that is measured by themselves. Apart because kind configs turn gates on in three places, and one list answers for all. */

/**
 * Gates that only unlock fields or kinds which a manifest must then use (those are named where they stand), or that concern credentials and volumes' bookkeeping
 * (kubernetes pkg/features/kube_features.go). Any other gate could change everything.
 */
const harmlessGates: ReadonlySet<string> = new Set([
  'CSIStorageCapacity',
  'CustomResourceValidationExpressions',
  'DynamicResourceAllocation',
  'EphemeralContainers',
  'GenericEphemeralVolume',
  'ImageVolume',
  'InPlacePodVerticalScaling',
  'JobPodFailurePolicy',
  'KubeletInUserNamespace',
  'MutatingAdmissionPolicy',
  'RecursiveReadOnlyMounts',
  'RotateKubeletServerCertificate',
  'SidecarContainers',
  'UserNamespacesSupport',
  'ValidatingAdmissionPolicy',
  'VolumeAttributesClass',
]);

/** Names of the gates that could change something, of a flag's text such as `A=true,B=false`. */
export function gatesThatMatter(flag: string): string[] {
  return flag
    .split(',')
    .map((part) => (part.split('=')[0] ?? '').trim())
    .filter((gate) => gate !== '' && !isHarmlessGate(gate));
}

/** Whether a gate can change nothing that is measured. */
export function isHarmlessGate(gate: string): boolean {
  return harmlessGates.has(gate);
}

/** All of them, for tables of fields. */
export const harmlessGateNames: readonly string[] = [...harmlessGates];
