create table buddy_workflow_audit (
	audit_id varchar(36) collate "C" not null,
	acted_at bigint not null,
	action varchar(32) not null,
	actor varchar(255),
	workflow_id varchar(128) collate "C",
	session_id varchar(128) collate "C",
	run_id varchar(36) collate "C",
	detail varchar(4000),
	primary key (audit_id)
);

create index buddy_workflow_audit_time_idx on buddy_workflow_audit (acted_at, audit_id);
create index buddy_workflow_audit_run_idx on buddy_workflow_audit (run_id, acted_at);

alter table buddy_workflow_run_question add column token_hash varchar(64) collate "C";

create index buddy_workflow_run_question_token_idx on buddy_workflow_run_question (token_hash) where token_hash is not null;
create index buddy_workflow_run_question_role_idx on buddy_workflow_run_question (assigned_role) where assigned_role is not null;

alter table buddy_workflow_run add column paused_at bigint;

update buddy_workflow_run set paused_at = cast(extract(epoch from clock_timestamp()) * 1000 as bigint) where status = 'PAUSED';
