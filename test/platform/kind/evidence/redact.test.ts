import { expect, test } from 'vitest';
import { redactText, redactValue } from '../../../../src/platform/kind/evidence/redact.ts';

const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIEabc+/=\nxyz\n-----END RSA PRIVATE KEY-----';

test.each([
  ['a private key', `before\n${key}\nafter`, 'before\n[redacted RSA PRIVATE KEY]\nafter'],
  [
    'a certificate with escaped line breaks',
    'ca: "-----BEGIN CERTIFICATE-----\\nMIID\\n-----END CERTIFICATE-----\\n"',
    'ca: "[redacted CERTIFICATE]\\n"',
  ],
  ['a key that was cut off', 'x -----BEGIN EC PRIVATE KEY-----\nMHcC', 'x [redacted EC PRIVATE KEY]'],
  [
    'a kubeconfig',
    '    client-key-data: LS0tLS1CRUdJTg==\n    user: a',
    '    client-key-data: [redacted]\n    user: a',
  ],
  [
    'a kubeconfig as JSON',
    '"certificate-authority-data":"LS0tLS1=","server":"s"',
    '"certificate-authority-data":"[redacted]","server":"s"',
  ],
  ['a bearer token', 'Authorization: Bearer abcdef123456789', 'Authorization: Bearer [redacted]'],
  ['a signed token', 'got eyJhbGciOiJSUzI1.eyJpc3MiOiJrdWJl.c2ln-x_y now', 'got [redacted] now'],
  ['a join token', 'kubeadm join --token abcdef.0123456789abcdef', 'kubeadm join --token [redacted]'],
  [
    'a connection string',
    'postgres://orders:hunter2@postgres:5432/orders?x=1',
    'postgres://orders:[redacted]@postgres:5432/orders?x=1',
  ],
  ['words of libpq', 'host=a password=hunter2 user=b', 'host=a password=[redacted] user=b'],
  ['quoted words of libpq', "CONNECTION 'host=a password=''x'''", "CONNECTION 'host=a password=[redacted]'"],
  ['an environment', 'POSTGRES_PASSWORD=hunter2 PATH=/bin', 'POSTGRES_PASSWORD=[redacted] PATH=/bin'],
  ['an environment as JSON', '"PGPASSWORD=hunter2","PATH=/bin"', '"PGPASSWORD=[redacted]","PATH=/bin"'],
  ['JSON inside of JSON', '{"log":"{\\"password\\":\\"hunter2\\"}"}', '{"log":"{\\"password\\":[redacted]}"}'],
  ['SQL', "ALTER ROLE orders PASSWORD 'it''s';", 'ALTER ROLE orders PASSWORD [redacted];'],
])('%s goes', (_, text, expected) => {
  expect(redactText(text)).toBe(expected);
});

test.each([
  'etcd: elected leader 8e9e05c52164694d at term 4',
  'ep-7f3a21-east-control-plane3.18cb2f0a9d3c4e51 NodeNotReady',
  'failed to fetch token: Post "https://10.96.0.1:443/api/v1/namespaces": EOF',
  'GET http://10.0.0.1:8080/ready 200',
  'probe of https://172.20.4.11:6443/readyz failed: connection refused',
  'Normal  Pulled  pod/orders-7d9c5b6f4-abcde  Container image "postgres:17" already present',
])('what is no secret stays: %s', (text) => {
  expect(redactText(text)).toBe(text);
});

test('a Secret keeps the names of its entries, and no copy of itself', () => {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"p":"aHVudGVyMg=="}}' };
  const secret = { kind: 'Secret', metadata: { name: 'db', annotations }, data: { password: 'aHVudGVyMg==' } };
  const text = JSON.stringify(redactValue({ items: [secret, { kind: 'ConfigMap', data: { a: 'b' } }] }));
  expect(text).not.toContain('aHVudGVyMg');
  expect(JSON.parse(text)).toMatchObject({
    items: [{ metadata: { name: 'db' }, data: { password: '[redacted]' } }, { data: { a: 'b' } }],
  });
});

test('values under the name of a secret go, whatever they look like', () => {
  expect(redactValue({ env: { DB_PASSWORD: 'x y', user: 'u' }, n: 1, none: null })).toEqual({
    env: { DB_PASSWORD: '[redacted]', user: 'u' },
    n: 1,
    none: null,
  });
});
