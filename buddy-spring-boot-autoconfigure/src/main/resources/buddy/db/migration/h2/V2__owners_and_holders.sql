alter table buddy_workflow_session add column holder_run_id varchar(36);

alter table buddy_workflow_run add column owner_node varchar(128);
alter table buddy_workflow_run add column queued_at bigint;
alter table buddy_workflow_run add column cancel_requested varchar(255);

create index buddy_workflow_run_queue_idx on buddy_workflow_run (session_id, queued_at);

create table buddy_node (
	node_id varchar(128) not null,
	started_at bigint not null,
	seen_at bigint not null,
	expires_at bigint not null,
	primary key (node_id)
);
