import { ROLES, type Role } from '../roles.ts'
import type { ScopeWords } from './scope-words.ts'

/** Every word of the sign-in page, so that nobody meets a language that they do not read before they are in. */
export interface LoginWords {
  readonly title: string
  readonly trial: string
  readonly asWhom: string
  readonly site: string
  readonly siteHint: string
  readonly self: string
  readonly selfHint: string
  readonly which: string
  readonly whichHint: string
  readonly submit: string
  /** Before a list of what the app may do then. */
  readonly asksFor: (client: string) => string
  readonly technical: string
  readonly scope: ScopeWords
  readonly nothingMore: string
  readonly mend: string
  readonly faults: { readonly [fault in LoginFault]: string }
  readonly endedTitle: string
  readonly ended: string
  readonly failed: string
  readonly signOut: string
  readonly signOutAsked: string
  readonly stay: string
  readonly role: (role: Role) => string
}

/** What can be wrong with what somebody filled in. `…-empty`: nothing was written. */
export type LoginFault = 'role' | 'site' | 'patient-empty' | 'carer-empty' | 'self-form' | 'launch' | 'which'

const EN: LoginWords = {
  title: 'Sign in to Second Wind',
  trial: 'This sign-in is for trying out: anybody may choose any role, without a password. A hospital connects its own provider.',
  asWhom: 'As whom',
  site: 'Site',
  siteHint: 'where you work',
  self: 'Id of the patient or related person',
  selfHint: 'only to sign in as a patient or carer',
  which: 'Which patient is this about?',
  whichHint: 'the id',
  submit: 'Sign in and allow',
  asksFor: (client) => `When you sign in, ${client} may:`,
  technical: 'Technical names',
  scope: {
    plain: {
      openid: 'know who you are',
      fhirUser: 'know who you are',
      profile: 'know who you are',
      launch: 'know which patient is meant',
      'launch/patient': 'know which patient is meant',
      offline_access: 'stay signed in when you are away',
      online_access: 'stay signed in while you are here',
    },
    read: 'read',
    write: 'change',
    both: 'read and change',
    everything: 'everything',
    of: { patient: 'of the patient', user: 'that your role may see', system: 'of this server' },
    narrowed: 'only',
  },
  nothingMore: 'nothing beside who you are',
  mend: 'You are not signed in yet.',
  faults: {
    role: 'Choose a role.',
    site: 'Name the site by letters, digits, dots and dashes.',
    'patient-empty': 'To sign in as a patient, write the patient’s own id. The id is what stands after Patient/ in the record.',
    'carer-empty':
      'To sign in as a carer, write your id as a related person of the patient. It is what stands after RelatedPerson/ in the record; the care team can tell you.',
    'self-form': 'An id has letters, digits, dots and dashes only, 64 at most. Write it without Patient/ or RelatedPerson/.',
    launch: 'The launch has ended. Go back to the record and begin again there.',
    which: 'Write the id of the patient that this is about: what stands after Patient/ in the record.',
  },
  endedTitle: 'Sign-in has ended',
  ended: 'This sign-in has ended, or was begun in another browser. Go back to the app and begin again.',
  failed: 'Sign-in failed',
  signOut: 'Sign out',
  signOutAsked: 'Do you want to sign out of Second Wind?',
  stay: 'Stay signed in',
  role: (role) => ROLES[role],
}

const ES_ROLES: { readonly [role in Role]: string } = {
  oncologist: 'Oncología médica',
  'radiation-oncologist': 'Oncología radioterápica',
  surgeon: 'Cirugía torácica',
  pharmacist: 'Farmacia oncológica',
  'infusion-nurse': 'Enfermería de hospital de día',
  navigator: 'Enfermería gestora de casos',
  counsellor: 'Psicooncología',
  dietitian: 'Dietética y nutrición',
  'pain-specialist': 'Unidad del dolor',
  'palliative-care': 'Cuidados paliativos',
  rehabilitation: 'Rehabilitación',
  'support-group': 'Grupo de apoyo',
  coordinator: 'Coordinación de la red',
  'quality-officer': 'Responsable de calidad',
  'privacy-officer': 'Responsable de privacidad',
  administrator: 'Administración',
  researcher: 'Investigación de resultados',
  patient: 'Paciente',
  carer: 'Persona cuidadora',
  integration: 'Otro programa',
}

const ES: LoginWords = {
  title: 'Entrar en Second Wind',
  trial: 'Esta entrada es de prueba: cualquiera puede elegir cualquier función, sin contraseña. Un hospital conecta su propio proveedor.',
  asWhom: 'Como quién',
  site: 'Centro',
  siteHint: 'donde trabaja',
  self: 'Identificador del paciente o de la persona allegada',
  selfHint: 'solo para entrar como paciente o persona cuidadora',
  which: '¿De qué paciente se trata?',
  whichHint: 'el identificador',
  submit: 'Entrar y permitir',
  asksFor: (client) => `Cuando entre, ${client} podrá:`,
  technical: 'Nombres técnicos',
  scope: {
    plain: {
      openid: 'saber quién es usted',
      fhirUser: 'saber quién es usted',
      profile: 'saber quién es usted',
      launch: 'saber de qué paciente se trata',
      'launch/patient': 'saber de qué paciente se trata',
      offline_access: 'mantener la sesión cuando usted no está',
      online_access: 'mantener la sesión mientras usted está aquí',
    },
    read: 'leer',
    write: 'cambiar',
    both: 'leer y cambiar',
    everything: 'todo lo',
    of: { patient: 'del paciente', user: 'que su función puede ver', system: 'de este servidor' },
    narrowed: 'solo',
  },
  nothingMore: 'nada más que saber quién es usted',
  mend: 'Todavía no ha entrado.',
  faults: {
    role: 'Elija una función.',
    site: 'Escriba el centro con letras, cifras, puntos y guiones.',
    'patient-empty':
      'Para entrar como paciente, escriba el identificador del propio paciente. Es lo que sigue a Patient/ en la historia clínica.',
    'carer-empty':
      'Para entrar como persona cuidadora, escriba su identificador como persona allegada del paciente. Es lo que sigue a RelatedPerson/ en la historia clínica; el equipo asistencial puede decírselo.',
    'self-form': 'Un identificador solo tiene letras, cifras, puntos y guiones, 64 como máximo. Escríbalo sin Patient/ ni RelatedPerson/.',
    launch: 'El inicio ha caducado. Vuelva a la historia clínica y empiece allí de nuevo.',
    which: 'Escriba el identificador del paciente de quien se trata: lo que sigue a Patient/ en la historia clínica.',
  },
  endedTitle: 'La entrada ha caducado',
  ended: 'Esta entrada ha caducado o se empezó en otro navegador. Vuelva a la aplicación y empiece de nuevo.',
  failed: 'No se pudo entrar',
  signOut: 'Salir',
  signOutAsked: '¿Quiere salir de Second Wind?',
  stay: 'Seguir dentro',
  role: (role) => ES_ROLES[role],
}

const DE_ROLES: { readonly [role in Role]: string } = {
  oncologist: 'Onkologie',
  'radiation-oncologist': 'Strahlentherapie',
  surgeon: 'Thoraxchirurgie',
  pharmacist: 'Onkologische Pharmazie',
  'infusion-nurse': 'Pflege der Tagesklinik',
  navigator: 'Patientenlotsen',
  counsellor: 'Psychoonkologie',
  dietitian: 'Ernährungstherapie',
  'pain-specialist': 'Schmerztherapie',
  'palliative-care': 'Palliativmedizin',
  rehabilitation: 'Rehabilitation',
  'support-group': 'Selbsthilfegruppe',
  coordinator: 'Koordination des Netzes',
  'quality-officer': 'Qualitätsbeauftragte',
  'privacy-officer': 'Datenschutzbeauftragte',
  administrator: 'Verwaltung',
  researcher: 'Ergebnisforschung',
  patient: 'Patientin oder Patient',
  carer: 'Angehörige',
  integration: 'Ein anderes Programm',
}

const DE: LoginWords = {
  title: 'Bei Second Wind anmelden',
  trial:
    'Diese Anmeldung ist zum Ausprobieren: Jeder darf jede Rolle wählen, ohne Passwort. Ein Krankenhaus schließt seinen eigenen Anbieter an.',
  asWhom: 'Als wer',
  site: 'Standort',
  siteHint: 'wo Sie arbeiten',
  self: 'Kennung der Patientin, des Patienten oder der angehörigen Person',
  selfHint: 'nur für die Anmeldung als Patientin, Patient oder Angehörige',
  which: 'Um wen geht es?',
  whichHint: 'die Kennung der Patientin oder des Patienten',
  submit: 'Anmelden und erlauben',
  asksFor: (client) => `Nach der Anmeldung darf ${client}:`,
  technical: 'Technische Namen',
  scope: {
    plain: {
      openid: 'wissen, wer Sie sind',
      fhirUser: 'wissen, wer Sie sind',
      profile: 'wissen, wer Sie sind',
      launch: 'wissen, um wen es geht',
      'launch/patient': 'wissen, um wen es geht',
      offline_access: 'angemeldet bleiben, wenn Sie nicht da sind',
      online_access: 'angemeldet bleiben, solange Sie da sind',
    },
    read: 'lesen:',
    write: 'ändern:',
    both: 'lesen und ändern:',
    everything: 'alles',
    of: { patient: 'dieser Patientin oder dieses Patienten', user: 'im Rahmen Ihrer Rolle', system: 'dieses Servers' },
    narrowed: 'nur',
  },
  nothingMore: 'nichts außer zu wissen, wer Sie sind',
  mend: 'Sie sind noch nicht angemeldet.',
  faults: {
    role: 'Wählen Sie eine Rolle.',
    site: 'Schreiben Sie den Standort mit Buchstaben, Ziffern, Punkten und Strichen.',
    'patient-empty': 'Für die Anmeldung als Patientin oder Patient schreiben Sie die eigene Kennung: was in der Akte nach Patient/ steht.',
    'carer-empty':
      'Für die Anmeldung als Angehörige schreiben Sie Ihre Kennung als angehörige Person. Sie steht in der Akte nach RelatedPerson/; das Behandlungsteam kann sie Ihnen sagen.',
    'self-form':
      'Eine Kennung hat nur Buchstaben, Ziffern, Punkte und Striche, höchstens 64. Schreiben Sie sie ohne Patient/ oder RelatedPerson/.',
    launch: 'Der Aufruf ist abgelaufen. Gehen Sie zurück in die Akte und beginnen Sie dort von vorn.',
    which: 'Schreiben Sie die Kennung der Patientin oder des Patienten, um die oder den es geht: was in der Akte nach Patient/ steht.',
  },
  endedTitle: 'Die Anmeldung ist abgelaufen',
  ended:
    'Diese Anmeldung ist abgelaufen oder wurde in einem anderen Browser begonnen. Gehen Sie zurück in die App und beginnen Sie von vorn.',
  failed: 'Die Anmeldung ist gescheitert',
  signOut: 'Abmelden',
  signOutAsked: 'Möchten Sie sich bei Second Wind abmelden?',
  stay: 'Angemeldet bleiben',
  role: (role) => DE_ROLES[role],
}

const WORDS = { en: EN, es: ES, de: DE } as const
export type LoginLanguage = keyof typeof WORDS
export const wordsOf = (language: LoginLanguage): LoginWords => WORDS[language]

/** The first language that we have, of what the app asks for (`ui_locales`), else of what the browser sends (`Accept-Language`); else English. */
export function languageOf(uiLocales: unknown, acceptLanguage: string | undefined): LoginLanguage {
  const asked = typeof uiLocales === 'string' ? uiLocales.split(' ') : []
  const accepted = (acceptLanguage ?? '')
    .split(',')
    .map((one, at) => {
      const [tag = '', weight] = one.split(/;\s*q=/)
      return { tag: tag.trim(), weight: weight === undefined ? 1 : Number(weight) || 0, at }
    })
    .sort((a, b) => b.weight - a.weight || a.at - b.at)
    .map(({ tag }) => tag)
  for (const tag of [...asked, ...accepted]) {
    const own = tag.toLowerCase().split('-')[0]!
    if (Object.hasOwn(WORDS, own)) return own as LoginLanguage
  }
  return 'en'
}
