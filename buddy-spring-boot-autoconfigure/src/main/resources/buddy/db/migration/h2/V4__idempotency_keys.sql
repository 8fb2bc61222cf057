alter table buddy_workflow_run add column idempotency_key varchar(64);
alter table buddy_workflow_run add column idempotency_request varchar(64);

create unique index buddy_workflow_run_idempotency_idx on buddy_workflow_run (idempotency_key);
