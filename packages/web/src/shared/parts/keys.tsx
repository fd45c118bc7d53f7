import classes from './small.module.css'

/** A hint for the keyboard: `Keys of="j"`. */
export const Keys = ({ of }: { readonly of: string }) => <kbd className={classes.keys}>{of}</kbd>
