-- Room that is kept for the log of who reads, for the time when the disk is full: rows that are there already are written in their own page, which takes
-- no new room (fillfactor leaves half of each page free, and no column that changes is indexed). Filled when the server starts.
create table audit_reserve (
  slot integer primary key,
  entry text,                     -- which event this is a part of; null: free
  part integer,
  text text not null
) with (fillfactor = 45);
