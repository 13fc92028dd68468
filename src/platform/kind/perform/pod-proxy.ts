/** HTTP to a pod's own port through the API server: no path from here to a pod's address is needed. Apart because the client library's call for it cannot carry a query. */
import { request } from 'node:https';
import { OperatingError } from '../../../base/errors.ts';
import type { Kube } from '../kube.ts';

/** The port named `http`, by number where the reference workload listens. */
const port = 8080;
const limitMs = 5_000;

/** Asks a pod and gives the body of its answer. Throws an OperatingError for anything but 2xx. */
export async function askPod(
  kube: Kube,
  { namespace, pod }: { readonly namespace: string; readonly pod: string },
  method: 'GET' | 'POST',
  path: string,
): Promise<string> {
  const server = kube.config.getCurrentCluster()?.server ?? '';
  const url = new URL(`${server}/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy${path}`);
  const options = { method, timeout: limitMs, agent: false as const };
  await kube.config.applyToHTTPSOptions(options as never);
  const { status, body } = await send(url, options).catch((cause: Error) => {
    throw new OperatingError(`Failed to ask pod ${pod}: ${cause.message}`, { cause });
  });
  if (status >= 200 && status < 300) return body;
  if (status === 404) throw new OperatingError(`Pod ${pod} does not offer ${method} ${path.split('?')[0]}`);
  throw new OperatingError(`Failed to ask pod ${pod}: it answered ${status}`);
}

function send(url: URL, options: object): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (answer) => {
      let body = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        body += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
      answer.on('error', reject);
    });
    asked.on('timeout', () => asked.destroy(new Error(`no answer within ${limitMs / 1000} s`)));
    asked.on('error', reject);
    asked.end();
  });
}
