alter table buddy_workflow_run add column idempotency_key varchar(64) character set ascii collate ascii_bin;
alter table buddy_workflow_run add column idempotency_request varchar(64) character set ascii collate ascii_bin;

create unique index buddy_workflow_run_idempotency_idx on buddy_workflow_run (idempotency_key);
