import { type LoginFault, type LoginLanguage, wordsOf } from './login-words.ts'
import { SEEDED } from './people.ts'
import { scopesInWords } from './scope-words.ts'

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

export interface LoginPage {
  /** Where the form goes. */
  readonly action: string
  readonly client: string
  readonly site: string
  /** Sites that are known here, to choose from; any other can be written. */
  readonly sites?: readonly string[]
  readonly scopes: readonly string[]
  /** The app asks for one patient, and the launch has named none. */
  readonly asksPatient: boolean
  readonly language: LoginLanguage
  readonly fault?: LoginFault
  /** What was filled in before, so that nobody writes it twice. */
  readonly given?: { readonly role?: string; readonly self?: string; readonly patient?: string }
}

const MARK = `<svg width="40" height="40" viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" fill="#0d4f5c"/><g fill="none" stroke="#fff" stroke-linecap="round" stroke-width="2.6"><path d="M6 12.5h12.5a3.75 3.75 0 1 0-3.6-4.8"/><path d="M6 18h17a3.9 3.9 0 1 1-3.7 5.1"/><path d="M6 23.5h7.5" stroke="#f2b35e"/></g></svg>`

const STYLE = `
:root { color-scheme: light dark; --paper: #fbfaf7; --raised: #fff; --text: #211e19; --quiet: #5c564b; --line: #dcd6ca; --action: #0d5865; --soft: #e3f0f2; --note: #fdf1da; --fault: #fdeeec; --focus: #b3541e }
@media (prefers-color-scheme: dark) { :root { --paper: #11181c; --raised: #182126; --text: #e8eaea; --quiet: #a9b3b5; --line: #2c383e; --action: #76c3ce; --soft: #153439; --note: #3b2b0d; --fault: #431a14; --focus: #ffb27a } }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 44rem; padding: 2rem 1.25rem 3rem; color: var(--text); background: var(--paper) }
h1 { font-size: 1.5rem; margin: .5rem 0 0 } h2, legend { font-size: 1.05rem; font-weight: 650; padding: 0 }
fieldset { border: 0; margin: 1.25rem 0 0; padding: .5rem 0 0 }
.roles { display: grid; grid-template-columns: repeat(auto-fill, minmax(13.5rem, 1fr)); gap: .35rem }
.roles label { display: flex; gap: .55rem; align-items: center; padding: .45rem .6rem; border: 1px solid var(--line); border-radius: 5px; background: var(--raised); cursor: pointer }
.roles label:has(:checked) { border-color: var(--action); background: var(--soft); font-weight: 600 }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: .9rem; margin-top: 1rem } .fields label { display: block } .fields small { display: block; color: var(--quiet) }
input[type=text] { font: inherit; padding: .45rem .6rem; width: 100%; box-sizing: border-box; border: 1px solid #8a8375; border-radius: 5px; background: var(--raised); color: inherit }
button { font: inherit; font-weight: 600; padding: .6rem 1.4rem; border: 0; border-radius: 5px; background: var(--action); color: var(--paper); margin-top: 1.25rem; cursor: pointer }
.note { background: var(--note); padding: .6rem .8rem; border-radius: 5px } .fault { background: var(--fault); padding: .6rem .8rem; border-radius: 5px } .quiet { color: var(--quiet); font-size: .875rem }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }`

/** A page of the sign-in, whole. */
const page = (language: LoginLanguage, title: string, inside: string): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${MARK}
<h1>${escaped(title)}</h1>
${inside}
</main>
</body>
</html>`

/** Which field has to be looked at again. */
const FIELD: { readonly [fault in LoginFault]?: string } = {
  site: 'site',
  'patient-empty': 'self',
  'carer-empty': 'self',
  'self-form': 'self',
  which: 'patient',
}

/** The sign-in page of the embedded provider. No script, no password: for trying out, and it says so. */
export function loginPage({ action, client, site, sites = [], scopes, asksPatient, language, fault, given = {} }: LoginPage): string {
  const words = wordsOf(language)
  const wrong = fault === undefined ? undefined : FIELD[fault]
  // the field that is wrong is where the cursor stands, and is said to be wrong together with why
  const marked = (name: string): string => (wrong === name ? ' aria-invalid="true" aria-describedby="fault" autofocus' : '')
  const hint = sites.length > 0 ? `: ${sites.slice(0, 3).join(', ')}${sites.length > 3 ? ', …' : ''}` : ''
  const chosen = SEEDED.some(({ role }) => role === given.role) ? given.role : SEEDED[0]!.role
  return page(
    language,
    words.title,
    `<p class="note">${escaped(words.trial)}</p>
${fault ? `<p class="fault" id="fault" role="alert">${escaped(`${words.mend} ${words.faults[fault]}`)}</p>` : ''}
<form method="post" action="${escaped(action)}">
<fieldset><legend>${escaped(words.asWhom)}</legend>
<div class="roles">
${SEEDED.map(({ role }) => `<label><input type="radio" name="role" value="${role}"${role === chosen ? ' checked' : ''}> ${escaped(words.role(role))}</label>`).join('\n')}
</div>
</fieldset>
<div class="fields">
<label>${escaped(words.site)} <small>${escaped(words.siteHint + hint)}</small>
<input type="text" name="site" value="${escaped(site)}" required pattern="[A-Za-z0-9_.\\-]{1,64}" list="sites" autocomplete="off"${marked('site')}></label>
<datalist id="sites">${sites.map((one) => `<option value="${escaped(one)}"></option>`).join('')}</datalist>
<label>${escaped(words.self)} <small>${escaped(words.selfHint)}</small> <input type="text" name="self" value="${escaped(given.self ?? '')}" autocomplete="off"${marked('self')}></label>
${asksPatient ? `<label>${escaped(words.which)} <small>${escaped(words.whichHint)}</small> <input type="text" name="patient" value="${escaped(given.patient ?? '')}" autocomplete="off" required${marked('patient')}></label>` : ''}
</div>
<button type="submit">${escaped(words.submit)}</button>
${asked(client, scopes, language)}
</form>`,
  )
}

/** What the app may do then, in words; the names of the scopes for whoever looks for them. */
function asked(client: string, scopes: readonly string[], language: LoginLanguage): string {
  const words = wordsOf(language)
  const said = scopesInWords(scopes, words.scope)
  const list = (said.length > 0 ? said : [words.nothingMore]).map((one) => `<li>${escaped(one)}</li>`).join('')
  const names = scopes.length === 0 ? '' : `<details><summary>${escaped(words.technical)}</summary>${escaped(scopes.join(', '))}</details>`
  return `<div class="quiet"><p>${escaped(words.asksFor(client))}</p><ul>${list}</ul>${names}</div>`
}

/** The sign-in that this page belonged to is over: what to do now. */
export const endedPage = (language: LoginLanguage): string => {
  const { endedTitle, ended } = wordsOf(language)
  return page(language, endedTitle, `<p>${escaped(ended)}</p>`)
}

/** What the provider refused, with its own words: they are for whoever made the app. */
export const failedPage = (language: LoginLanguage, reason: string): string =>
  page(language, wordsOf(language).failed, `<p class="fault">${escaped(reason)}</p>`)

/** `form`: the provider's own, hidden; the buttons belong to it. */
export const signOutPage = (language: LoginLanguage, form: string): string => {
  const { signOut, signOutAsked, stay } = wordsOf(language)
  return page(
    language,
    signOut,
    `<p>${escaped(signOutAsked)}</p>
${form}
<button type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>${escaped(signOut)}</button>
<button type="submit" form="op.logoutForm">${escaped(stay)}</button>`,
  )
}
