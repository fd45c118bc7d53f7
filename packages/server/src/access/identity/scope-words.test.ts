import { expect, test } from 'vitest'
import { loginPage } from './login-page.ts'
import { wordsOf } from './login-words.ts'
import { scopesInWords } from './scope-words.ts'

test('scopes are said in words, each once; what is not known stands as it was written', () => {
  const { scope } = wordsOf('en')
  expect(
    scopesInWords(
      [
        'openid',
        'fhirUser',
        'launch/patient',
        'offline_access',
        'user/*.cruds',
        'patient/Observation.rs',
        'patient/Observation.read',
        'odd',
      ],
      scope,
    ),
  ).toEqual([
    'know who you are',
    'know which patient is meant',
    'stay signed in when you are away',
    'read and change everything that your role may see',
    'read Observation of the patient',
    'odd',
  ])
  expect(scopesInWords(['user/Observation.cu?category=laboratory'], scope)).toEqual([
    'change Observation that your role may see (only category=laboratory)',
  ])
})

test.each(['en', 'es', 'de'] as const)('the page of %s says them, and keeps the technical names for whoever looks', (language) => {
  const html = loginPage({ action: '/x', client: 'App', site: 'north', scopes: ['openid', 'user/*.rs'], asksPatient: false, language })
  const { scope } = wordsOf(language)
  for (const text of scopesInWords(['openid', 'user/*.rs'], scope)) expect(html).toContain(`<li>${text}</li>`)
  expect(html).toMatch(/<details>[\s\S]*openid, user\/\*\.rs[\s\S]*<\/details>/)
})
