/** Stands wherever `knowledge new` leaves something for the author to write; the check does not pass while it is there. */
export const DRAFT = 'FILL IN'
