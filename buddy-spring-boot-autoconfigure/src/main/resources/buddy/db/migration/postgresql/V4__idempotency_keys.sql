alter table buddy_workflow_run add column idempotency_key varchar(64) collate "C";
alter table buddy_workflow_run add column idempotency_request varchar(64) collate "C";

create unique index buddy_workflow_run_idempotency_idx on buddy_workflow_run (idempotency_key) where idempotency_key is not null;
