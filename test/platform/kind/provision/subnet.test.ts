import { expect, test } from 'vitest';
import { parseRoutes, pickSubnet } from '../../../../src/platform/kind/provision/subnet.ts';

test('the same id gives the same subnet while nothing is in its way', () => {
  expect(pickSubnet('ep-000000', [])).toBe('172.20.0.0/22');
  expect(pickSubnet('ep-000001', [])).toBe('172.20.4.0/22');
  expect(pickSubnet('ep-00027f', [])).toBe('172.29.252.0/22');
});

test('what is taken is passed over, whole or in part, larger or smaller', () => {
  expect(pickSubnet('ep-000000', ['172.20.1.0/24'])).toBe('172.20.4.0/22');
  expect(pickSubnet('ep-000000', ['172.20.0.0/16'])).toBe('172.21.0.0/22');
  expect(pickSubnet('ep-000000', ['172.16.0.0/13'])).toBe('172.24.0.0/22');
  expect(pickSubnet('ep-000000', ['172.19.255.255/32', '10.0.0.0/8', 'fd00::/64', '::1/128'])).toBe('172.20.0.0/22');
});

test('after the last one comes the first', () => {
  expect(pickSubnet('ep-00027f', ['172.29.252.7/32'])).toBe('172.20.0.0/22');
});

test('when all are taken it is said, with what to do', () => {
  expect(() => pickSubnet('ep-000000', ['172.16.0.0/12'])).toThrow('all of 172.20.0.0 to 172.29.255.255 is taken');
});

test("a host's routes are read as it prints them; the default route takes nothing", () => {
  const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT';
  const all = 'eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0';
  const one = 'tun0\t000414AC\t00000000\t0001\t0\t0\t0\t00FCFFFF\t0\t0\t0';
  expect(parseRoutes([head, all, one, ''].join('\n'))).toEqual(['172.20.4.0/22']);
});
