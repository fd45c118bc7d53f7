import { ROLES } from '../roles.ts'
import { SEEDED } from './people.ts'

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

export interface LoginPage {
  /** Where the form goes. */
  readonly action: string
  readonly client: string
  readonly site: string
  readonly scopes: readonly string[]
  /** The app asks for one patient, and the launch has named none. */
  readonly asksPatient: boolean
  readonly fault?: string
}

/** The sign-in page of the embedded provider. No script, no password: for trying out, and it says so. */
export const loginPage = ({ action, client, site, scopes, asksPatient, fault }: LoginPage): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in to Second Wind</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 34rem; padding: 1.5rem; color: #1b2733; background: #fff }
fieldset { border: 1px solid #8594a3; border-radius: .4rem; margin: 0 0 1rem } label { display: block; padding: .15rem 0 }
input[type=text] { font: inherit; padding: .35rem; width: 100%; box-sizing: border-box; border: 1px solid #5b6b7a; border-radius: .25rem }
button { font: inherit; padding: .5rem 1.2rem; border: 0; border-radius: .3rem; background: #0b5c8a; color: #fff } .note { background: #fff4d6; padding: .6rem; border-radius: .3rem }
.fault { background: #fde3e1; padding: .6rem; border-radius: .3rem } :focus-visible { outline: 3px solid #b3541e; outline-offset: 2px }
@media (prefers-color-scheme: dark) { body { color: #e8eef3; background: #12191f } .note { background: #4a3c10 } .fault { background: #5a1d18 } input[type=text] { background: #1c262e; color: inherit } }
</style>
</head>
<body>
<main>
<h1>Sign in to Second Wind</h1>
<p class="note">This sign-in is for trying out: anybody may choose any role, without a password. A hospital connects its own provider.</p>
${fault ? `<p class="fault" role="alert">${escaped(fault)}</p>` : ''}
<form method="post" action="${escaped(action)}">
<fieldset><legend>As whom</legend>
${SEEDED.map(({ role }, i) => `<label><input type="radio" name="role" value="${role}"${i === 0 ? ' checked' : ''}> ${escaped(ROLES[role])}</label>`).join('\n')}
</fieldset>
<label>Site <input type="text" name="site" value="${escaped(site)}" required pattern="[A-Za-z0-9_.\\-]{1,64}"></label>
<label>Only for a patient or carer: the id of the patient (of the related person) <input type="text" name="self" autocomplete="off"></label>
${asksPatient ? '<label>Which patient is this about? The id <input type="text" name="patient" autocomplete="off" required></label>' : ''}
<p>${escaped(client)} asks for: ${escaped(scopes.join(', ') || 'nothing beside who you are')}</p>
<button type="submit">Sign in and allow</button>
</form>
</main>
</body>
</html>`
