import { Link } from '@tanstack/react-router'
import { useWords } from '../shared/words.ts'
import classes from './door.module.css'

export function NotFound() {
  const t = useWords('app')
  return (
    <main className={classes.door}>
      <div>
        <h1>{t('app:not-found.title')}</h1>
        <p>{t('app:not-found.why')}</p>
        <Link to="/">{t('app:not-found.home')}</Link>
      </div>
    </main>
  )
}
