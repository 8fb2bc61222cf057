create table buddy_workflow_audit (
	audit_id varchar(36) character set ascii collate ascii_bin not null,
	acted_at bigint not null,
	action varchar(32) not null,
	actor varchar(255),
	workflow_id varchar(128) character set ascii collate ascii_bin,
	session_id varchar(128) character set ascii collate ascii_bin,
	run_id varchar(36) character set ascii collate ascii_bin,
	detail varchar(4000),
	primary key (audit_id)
) default character set utf8mb4 collate utf8mb4_nopad_bin;

create index buddy_workflow_audit_time_idx on buddy_workflow_audit (acted_at, audit_id);
create index buddy_workflow_audit_run_idx on buddy_workflow_audit (run_id, acted_at);

alter table buddy_workflow_run_question add column token_hash varchar(64) character set ascii collate ascii_bin;

create index buddy_workflow_run_question_token_idx on buddy_workflow_run_question (token_hash);
create index buddy_workflow_run_question_role_idx on buddy_workflow_run_question (assigned_role);

alter table buddy_workflow_run add column paused_at bigint;

update buddy_workflow_run set paused_at = (timestampdiff(microsecond, '1970-01-01 00:00:00', utc_timestamp(3)) div 1000) where status = 'PAUSED';
