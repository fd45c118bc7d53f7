-- Tokens that CDS clients signed themselves and that were used once: the same one a second time is somebody else's. Kept until it would have ended.
-- `id` is a digest of issuer and jti: who reads the table learns of no token.
create table cds_client_token (
  id text primary key,
  ends_at timestamptz not null
);
create index cds_client_token_ends on cds_client_token (ends_at);
