import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageFault, redirectFault } from './addresses.ts'

test('peer-P04 peer-P06 addresses that could be read in two ways, or as many, are not registered', () => {
  for (const text of [
    '',
    '*',
    'https://*.example.com/callback',
    'https://crm.example.com/*',
    'https://crm.example.com@evil.example/',
    'https://user:pass@crm.example.com/',
    'https://crm.example.com/#x',
    'https://crm.example.com/#',
    'https://crm.example.com\\@evil.example/',
    'https://crm.example.com/a/../b',
    'https://crm.example.com/%2e%2e/b',
    'https://crm.example.com/a b',
    'https://crm.example.com/\t',
    'https://crm.éxample.com/',
    'https:/crm.example.com/',
    'https:crm.example.com',
    '//crm.example.com/',
    '/callback',
    'http://crm.example.com/',
    'http://192.168.0.1/',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://crm.example.com/',
    'https://CRM.example.com/',
    'https://crm.example.com:443/',
    `https://crm.example.com/${'x'.repeat(2000)}`,
  ])
    assert.ok(redirectFault(text, 'web') !== undefined && pageFault(text) !== undefined, text)
})

test('what modules really have is taken', () => {
  for (const text of [
    'https://crm.example.com/callback',
    'https://crm.example.com',
    'https://crm.example.com/?gadget=espo-crm',
    'https://crm.example.com:8443/login/generic_oauth',
    'https://crm.example.com/index.php/login/oauth',
    'http://localhost:3000/callback',
    'http://127.0.0.1:8080/',
    'http://crm.localhost/x',
  ])
    assert.equal(redirectFault(text, 'web'), undefined, text)
  for (const text of ['http://127.0.0.1/back', 'http://[::1]/back', 'com.example.phone:/back', 'https://phone.example.com/back'])
    assert.equal(redirectFault(text, 'program'), undefined, text)
  for (const text of [
    'http://localhost/back',
    'phone:/back',
    'com.example.phone://back',
    'javascript:/x',
    'http://10.0.0.1/back',
  ])
    assert.notEqual(redirectFault(text, 'program'), undefined, text)
})
