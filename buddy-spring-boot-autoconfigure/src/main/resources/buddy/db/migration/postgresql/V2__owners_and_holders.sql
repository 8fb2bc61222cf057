alter table buddy_workflow_session add column holder_run_id varchar(36) collate "C";

alter table buddy_workflow_run add column owner_node varchar(128) collate "C";
alter table buddy_workflow_run add column queued_at bigint;
alter table buddy_workflow_run add column cancel_requested varchar(255);

create index buddy_workflow_run_queue_idx on buddy_workflow_run (session_id, queued_at) where queued_at is not null;

create table buddy_node (
	node_id varchar(128) collate "C" not null,
	started_at bigint not null,
	seen_at bigint not null,
	expires_at bigint not null,
	primary key (node_id)
);

-- what a run writes into indexes is most of its log: an end leaves no entry among the runs by status, sessions are looked
-- for by user and not by workflow alone, and what only breaks ties is sorted when it is read
drop index buddy_workflow_run_status_idx;
create index buddy_workflow_run_status_idx on buddy_workflow_run (created_at) where status in ('PENDING', 'RUNNING', 'PAUSED');
create index buddy_workflow_run_created_idx on buddy_workflow_run using brin (created_at) with (autosummarize = on);
drop index buddy_workflow_run_session_idx;
create index buddy_workflow_run_session_idx on buddy_workflow_run (session_id, created_at);
drop index buddy_workflow_session_user_idx;
create index buddy_workflow_session_user_idx on buddy_workflow_session (user_id, updated_at);
drop index buddy_workflow_session_workflow_idx;
drop index buddy_workflow_session_used_idx;
create index buddy_workflow_session_used_idx on buddy_workflow_session (updated_at);
