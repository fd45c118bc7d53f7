import { Link } from '@tanstack/react-router'
import classes from './because.module.css'

/** The way to the page of a rule: what it says, its sources and its examples. */
export const RuleLink = ({ rule }: { readonly rule: string }) => (
  <Link to="/knowledge/rules/$id" params={{ id: rule }} className={classes.source} lang="en">
    {rule}
  </Link>
)
