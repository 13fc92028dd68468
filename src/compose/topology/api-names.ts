/** The forms that an API server demands of names, label keys and label values (kubernetes apimachinery pkg/util/validation). Apart because every kind of object is named and labelled. */
import type { Field } from './field.ts';

/** What a name must look like: `label` is a DNS-1123 label, `subdomain` several of them with dots, `port` the name of a container's port. */
export type NameForm = 'label' | 'subdomain' | 'port';

interface Form {
  readonly pattern: RegExp;
  readonly lettersMax: number;
  readonly words: string;
}

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const forms: Readonly<Record<NameForm, Form>> = {
  label: {
    pattern: new RegExp(`^${label}$`),
    lettersMax: 63,
    words: 'at most 63 lowercase letters, digits and `-`, with a letter or digit at both ends',
  },
  subdomain: {
    pattern: new RegExp(`^${label}(?:\\.${label})*$`),
    lettersMax: 253,
    words:
      'at most 253 lowercase letters, digits, `-` and `.`, with a letter or digit at both ends and beside each dot',
  },
  port: {
    pattern: /^(?=.*[a-z])(?!.*--)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/,
    lettersMax: 15,
    words: 'at most 15 lowercase letters, digits and single `-`, with at least one letter',
  },
};

const word = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const wordLettersMax = 63;

/** Complains of a text that is no such name; what is no text at all is its reader's to tell. */
export function refuseName(field: Field, form: NameForm): void {
  const name = textIn(field);
  if (name === undefined || has(name, forms[form])) return;
  field.complain(
    `Expected \`${field.path}\` to be a name that an API server takes, got \`${shortened(name)}\``,
    `Names here are ${forms[form].words}.`,
  );
}

/** Complains of every key and value of a mapping that could be no label. */
export function refuseLabels(labels: Field): void {
  if (labels.node?.kind !== 'map') return;
  for (const [key, value] of labels.entries()) {
    refuseLabelKey(value, key);
    refuseLabelValue(value);
  }
}

/** Complains, at `field`, of a key that is no `name` and no `prefix.of.a/name`. */
export function refuseLabelKey(field: Field, key: string): void {
  const parts = key.split('/');
  const name = parts.at(-1)!;
  const prefixed = parts.length === 1 || (parts.length === 2 && has(parts[0]!, forms.subdomain));
  if (prefixed && isWord(name)) return;
  field.complain(
    `Expected the label key \`${shortened(key)}\` to be one that an API server takes`,
    'Keys are at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends, perhaps behind a DNS name and `/`.',
  );
}

/** Complains of a text that could be no value of a label. */
export function refuseLabelValue(field: Field): void {
  const value = textIn(field);
  if (value === undefined || value === '' || isWord(value)) return;
  field.complain(
    `Expected \`${field.path}\` to be a label value that an API server takes, got \`${shortened(value)}\``,
    'Values are empty or at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.',
  );
}

/** Complains of each text that stood in an earlier field already. */
export function refuseTwice(fields: readonly Field[]): void {
  const seen = new Set<string>();
  for (const field of fields) {
    const name = textIn(field);
    if (name === undefined) continue;
    if (seen.has(name))
      field.complain(`Expected \`${field.path}\` to be a name of its own, got \`${shortened(name)}\` twice`);
    seen.add(name);
  }
}

/** The field's text, if it is one. */
export function textIn(field: Field): string | undefined {
  return field.node?.kind === 'scalar' && typeof field.node.value === 'string' ? field.node.value : undefined;
}

function has(name: string, { pattern, lettersMax }: Form): boolean {
  return name.length <= lettersMax && pattern.test(name);
}

function isWord(text: string): boolean {
  return text.length <= wordLettersMax && word.test(text);
}

/** Long names are told by their beginning. */
function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
