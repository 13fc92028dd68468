/** Takes secrets out of what is kept as evidence. Apart because it is the one thing that must be right: people attach evidence to reports. Pure. */

/** What stands in a secret's place. */
export const redacted = '[redacted]';

/** Shapes of secrets in text, each with what it leaves. Order matters: blocks before what may stand inside them. */
const shapes: readonly (readonly [RegExp, string])[] = [
  // Keys and certificates, also where a log has escaped their line breaks; one that was cut off goes to its end.
  [/-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?(?:-----END \1-----|$)/g, `[redacted $1]`],
  // Kubeconfigs, as YAML and as JSON.
  [/((?:client-key|client-certificate|certificate-authority)-data["']?\s*[:=]\s*["']?)[\w+/=-]+/g, `$1${redacted}`],
  // Bearer tokens, and signed ones wherever they stand.
  [/\b(bearer\s+)[\w.~+/=-]{8,}/gi, `$1${redacted}`],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+/g, redacted],
  // kubeadm's join tokens, and the keys that it prints beside them.
  [/(\btoken["'=:\s]+)[a-z0-9]{6}\.[a-z0-9]{16}\b/gi, `$1${redacted}`],
  [/(--certificate-key[= ]|certificateKey["']?\s*[:=]\s*["']?)[0-9a-f]{32,}/g, `$1${redacted}`],
  // Connection strings.
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s@/]+@/gi, `$1${redacted}@`],
  // Assignments of any spelling: POSTGRES_PASSWORD=x, password: x, "password": "x", also inside a quoted text of JSON or SQL.
  [
    /((?:[\w-]*(?:password|passwd|secret[_-]?key|access[_-]?key|api[_-]?key)|PGPASS\w*)(?:\\*["'])?\s*[:=]\s*)(?:\\+"(?:(?!\\+").)*\\+"|''[^']+''|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;"'}\]&\\]+)/gi,
    `$1${redacted}`,
  ],
  // A token is long; a short word behind `token:` is the reason why there was none.
  [/(\btoken(?:\\*["'])?\s*[:=]\s*(?:\\*["'])?)[\w.~+/=-]{16,}/gi, `$1${redacted}`],
  [/(\bpassword\s+)'(?:[^']|'')*'/gi, `$1${redacted}`],
];

/** The text without keys, certificates, tokens, and passwords. */
export function redactText(text: string): string {
  return shapes.reduce((left, [shape, by]) => left.replace(shape, by), text);
}

/** A value as JSON may hold it, without the content of Secrets, and every text in it redacted. */
export function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(redactValue);
  if (typeof value !== 'object' || value === null) return value;
  const isSecret = (value as { readonly kind?: unknown }).kind === 'Secret';
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, redactEntry(key, child, isSecret)]));
}

const secretKey = /(?:password|passwd|token|-data|secret[_-]?key|private[_-]?key)$/i;

function redactEntry(key: string, child: unknown, inSecret: boolean): unknown {
  if (inSecret && (key === 'data' || key === 'stringData')) return emptied(child);
  // Holds the whole Secret once more, as text.
  if (key === 'kubectl.kubernetes.io/last-applied-configuration') return redacted;
  return typeof child === 'string' && secretKey.test(key) ? redacted : redactValue(child);
}

/** Names of entries stay: which are there is no secret, and often the point. */
function emptied(data: unknown): unknown {
  if (typeof data !== 'object' || data === null) return redacted;
  return Object.fromEntries(Object.keys(data).map((key) => [key, redacted]));
}
