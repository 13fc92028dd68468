/** Whether the images of a run are here, or can be had. Apart because a run that stops at a pull has cost its provisioning. */
import { askProgram } from '../../../base/host.ts';
import { bad, type Check, ok, warn } from './check.ts';

/** `here`: present. `pullable`: a registry has it. `built`: made by a run from the project's own files. */
export type Whereabouts = 'here' | 'pullable' | 'built' | 'missing';

/** One image and where it is. */
export interface LocatedImage {
  readonly image: string;
  readonly where: Whereabouts;
}

/** A registry that has not answered by then would hold a run up as well, ms. */
const askMs = 2_000;

/** Images of the order desk are built from the package. */
const isBuiltHere = (image: string) => image.startsWith('elevenproof/');

/** Names of all images that are here, as {@link localName} gives them. Never throws. */
export async function presentImages(signal: AbortSignal): Promise<ReadonlySet<string>> {
  const format = '{{.Repository}}:{{.Tag}}';
  const { stdout } = await askProgram('docker', ['image', 'ls', '--format', format], { signal });
  return new Set(stdout.split('\n').map((line) => line.trim()));
}

/** Looks for all at once. Never throws. */
export function locateImages(
  images: readonly string[],
  here: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<readonly LocatedImage[]> {
  return Promise.all(images.map(async (image) => ({ image, where: await locate(image, here, signal) })));
}

async function locate(image: string, here: ReadonlySet<string>, signal: AbortSignal): Promise<Whereabouts> {
  if (here.has(localName(image))) return 'here';
  // A tag that only kind knows: it pulls what is not here.
  if (image.endsWith(':*')) return [...here].some((each) => each.startsWith(image.slice(0, -1))) ? 'here' : 'pullable';
  if (isBuiltHere(image)) return 'built';
  const inspect = (args: readonly string[]) => askProgram('docker', args, { signal, limitMs: askMs });
  if (image.includes('@') && (await inspect(['image', 'inspect', image])).code === 0) return 'here';
  return (await inspect(['manifest', 'inspect', image])).code === 0 ? 'pullable' : 'missing';
}

/** As `docker image ls` prints it: without the default registry, with a tag. */
export function localName(image: string): string {
  const short = image.replace(/^(?:index\.)?docker\.io\/(?:library\/)?/, '').replace(/@sha256:.*$/, '');
  return /:[^/]+$/.test(short) ? short : `${short}:latest`;
}

/** One line for all that are here, one for each that is not. */
export function judgeImages(located: readonly LocatedImage[]): readonly Check[] {
  const of = (where: Whereabouts) => located.filter((each) => each.where === where).map(({ image }) => image);
  const [here, pullable, built] = [of('here'), of('pullable'), of('built')];
  const parts = [
    `${here.length} of ${located.length} here`,
    ...(built.length > 0 ? [`built by the first run: ${built.join(', ')}`] : []),
  ];
  const first =
    pullable.length === 0
      ? ok('images', parts.join('; '))
      : warn(
          'images',
          [...parts, `to be pulled: ${pullable.join(', ')}`].join('; '),
          'The first run takes longer by these.',
        );
  const missing = of('missing').map((image) =>
    bad('image', `${image} is not here, and no registry gave it within ${askMs / 1000} s`, `docker pull ${image}`),
  );
  return [first, ...missing];
}
