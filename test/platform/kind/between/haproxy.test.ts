/** The global load balancer's configuration, weights and own account, on literals. */
import { describe, expect, test } from 'vitest';
import { parseMark } from '../../../../src/platform/kind/between/balancer.ts';
import { balancerConfig, toWeights } from '../../../../src/platform/kind/between/haproxy-config.ts';
import { parseStat } from '../../../../src/platform/kind/between/haproxy-stat.ts';

const site = (name: string, weight: number, n: number) => ({
  name,
  weight,
  nodePort: 30080,
  workers: [
    { name: `${name}-worker`, address: `172.20.${n}.12` },
    { name: `${name}-worker2`, address: `172.20.${n}.13` },
  ],
});
const check = { path: '/ready', intervalMs: 2000, timeoutMs: 1000, fall: 3, rise: 2 };
const config = balancerConfig({ sites: [site('east', 50, 4), site('west', 0, 5)], check });
const section = (name: string) => config.slice(config.indexOf(`\n${name}\n`) + 1).split('\n\n')[0]!;

describe('the configuration', () => {
  test('customers choose among sites by weight and by the check of the topology', () => {
    expect(
      section('backend sites')
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual([
      'backend sites',
      'balance roundrobin',
      'option httpchk',
      'http-check send meth GET uri /ready ver HTTP/1.1 hdr Host ready.elevenproof',
      'http-check expect status 200-399',
      'timeout check 1000ms',
      'http-response set-header x-site %[srv_name]',
      'default-server check inter 2000ms fall 3 rise 2',
      'server east abns@site-east weight 50',
      'server west abns@site-west weight 0',
    ]);
  });

  test('a site is all of its workers, probed twice a second', () => {
    expect(section('backend workers-west')).toContain('server west-worker 172.20.5.12:30080');
    expect(section('backend workers-west')).toContain('server west-worker2 172.20.5.13:30080');
    expect(section('backend workers-west')).toContain('inter 500ms fall 2 rise 1');
  });

  test('only what customers ask is logged', () => {
    expect(section('frontend customers')).toContain('log-format');
    expect(section('frontend site-east')).toContain('no log');
  });

  test('what a worker does not accept is tried once more, elsewhere, and never at the other site', () => {
    expect(section('defaults')).toContain('option redispatch 1');
    expect(section('defaults')).toContain('timeout connect 500ms');
    expect(section('backend sites')).not.toMatch(/172\./);
  });
});

describe('weights', () => {
  const of = (shares: Readonly<Record<string, number>>) => toWeights(['east', 'west'], shares);
  test('whole numbers that HAProxy takes stay as they are', () =>
    expect(of({ east: 50, west: 50 })).toEqual({ east: 50, west: 50 }));
  test('shares of 1 are scaled up', () => expect(of({ east: 0.75, west: 0.25 })).toEqual({ east: 256, west: 85 }));
  test('large numbers are scaled down, and what is not 0 stays above it', () =>
    expect(of({ east: 10_000, west: 1 })).toEqual({ east: 256, west: 1 }));
  test('a site that is not named gets nothing', () => expect(of({ east: 100 })).toEqual({ east: 100, west: 0 }));
  test('nothing at all is nothing', () => expect(of({})).toEqual({ east: 0, west: 0 }));
});

describe('the account of its servers', () => {
  const csv = [
    '# pxname,svname,qcur,stot,status,weight,uweight,',
    'sites,east,0,1234,UP,50,50,',
    'sites,west,0,7,DOWN 1/2,0,50,',
    'sites,BACKEND,0,1241,UP,50,,',
    'workers-east,east-worker,0,600,UP,1,1,',
    '',
  ].join('\n');

  test('tells each site, whether its check passes, its weight and its requests', () => {
    expect(parseStat(csv)).toEqual([
      { site: 'east', up: true, weight: 50, requests: 1234 },
      { site: 'west', up: false, weight: 50, requests: 7 },
    ]);
  });

  test('a site that is drained by weight 0 is still up, and so is one whose check is about to fail', () => {
    const status = (text: string) => parseStat(csv.replace('UP,50,50', `${text},0,0`))[0]?.up;
    expect([status('DRAIN'), status('UP 1/3'), status('no check'), status('MAINT'), status('DOWN')]).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('the mark of a shift', () => {
  test('holds the weights from before', () =>
    expect(parseMark('proc.elevenproof_before: type=str value=<east:50/west:50>\n')).toEqual({ east: 50, west: 50 }));
  test('is no mark when it was taken away or never set', () => {
    expect(parseMark('proc.elevenproof_before: type=str value=<none>\n')).toBeUndefined();
    expect(parseMark('Variable not found.\n')).toBeUndefined();
  });
});
